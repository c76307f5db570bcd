/** Purposes: a request names the most specific one and matches permissions on its ancestors, never on its descendants (the rule of the Data Use Ontology). */
import { type Purpose, purposes, type Sha256 } from '@revier/schema';
import { contentHash } from '../query/canonical.ts';

const byCode = new Map(purposes.map((purpose) => [purpose.code, purpose]));

/** Identity of the pinned tree; stands in every agreement. */
export const purposeSchemeHash: Sha256 = contentHash(purposes);

export const purposeOf = (code: string): Purpose | undefined => byCode.get(code);

export const isKnownPurpose = (code: string): boolean => byCode.get(code)?.prohibited === false;

/** EHDS Art. 53(2): for public bodies and those who act for them. */
export const isPublicPurpose = (code: string): boolean => byCode.get(code)?.publicOnly === true;

/** The code itself and what it stands below, from the most specific on. Unknown codes stand alone. */
export function ancestryOf(code: string): string[] {
  const line = [code];
  for (let parent = byCode.get(code)?.parent; parent != null; parent = byCode.get(parent)?.parent) line.push(parent);
  return line;
}

/** Whether `code` is `ancestor` or stands below it. Unknown and prohibited codes are nothing's kind. */
export const isPurposeA = (code: string, ancestor: string): boolean =>
  isKnownPurpose(code) && isKnownPurpose(ancestor) && ancestryOf(code).includes(ancestor);
