/** Purposes: a request names the most specific one and matches permissions on its ancestors, never on its descendants (the rule of the Data Use Ontology). */
import { purposes, type Sha256 } from '@revier/schema';
import { contentHash } from '../query/canonical.ts';

const byCode = new Map(purposes.map((purpose) => [purpose.code, purpose]));

/** Identity of the pinned tree; stands in every agreement. */
export const purposeSchemeHash: Sha256 = contentHash(purposes);

export const isKnownPurpose = (code: string): boolean => byCode.get(code)?.prohibited === false;

/** Whether `code` is `ancestor` or stands below it. Unknown and prohibited codes are nothing's kind. */
export function isPurposeA(code: string, ancestor: string): boolean {
  if (!isKnownPurpose(code) || !isKnownPurpose(ancestor)) return false;
  for (
    let purpose = byCode.get(code);
    purpose !== undefined;
    purpose = purpose.parent === null ? undefined : byCode.get(purpose.parent)
  )
    if (purpose.code === ancestor) return true;
  return false;
}
