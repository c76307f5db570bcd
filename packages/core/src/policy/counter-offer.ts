/** Whether a counter-offer only takes away: sound, not complete, so that whoever accepts by rule never accepts more than was asked for. */
import type { Duty, Permission, PolicyOffer, Prohibition } from '@revier/schema';
import { canonicalText, contentHash } from '../query/canonical.ts';
import { isNarrower } from './narrower.ts';
import { includes } from './rules.ts';

/** Terms that may differ without any effect on what is permitted. */
const free: readonly string[] = ['@id', 'rv:legalAssessment'];
/** Terms with rules of their own. */
const compared: readonly string[] = ['rv:lattice', 'permission', 'prohibition'];
const versions: readonly string[] = ['rv:dataModels', 'rv:codeLists', 'rv:lookups', 'rv:standards'];

/** Pointers into the offer of what is, or might be, more than was asked for, or a duty that is new. None: it is narrower, or the same. */
export function widerPlaces(asked: PolicyOffer, offered: PolicyOffer): string[] {
  const tables = new Set(asked['rv:lattice'].map(contentHash));
  return [
    ...otherTerms(asked, offered),
    ...offered['rv:lattice'].flatMap((table, at) => (tables.has(contentHash(table)) ? [] : [`/rv:lattice/${at}`])),
    ...offered.permission.flatMap((rule, at) =>
      asked.permission.some((before) => isPermittedBy(before, rule)) ? [] : [`/permission/${at}`],
    ),
    ...asked.prohibition.flatMap((rule) =>
      offered.prohibition.some((other) => sameRule(other) === sameRule(rule)) ? [] : ['/prohibition'],
    ),
  ];
}

function otherTerms(asked: PolicyOffer, offered: PolicyOffer): string[] {
  const [before, after] = [new Map(Object.entries(asked)), new Map(Object.entries(offered))];
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => !free.includes(name) && !compared.includes(name),
  );
  return names.flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    const holds = versions.includes(name) ? isPart(was, is) : textOf(was) === textOf(is);
    return holds ? [] : [`/${name}`];
  });
}

const textOf = (value: unknown): string => canonicalText(value ?? null);

/** Fewer names, each with the same version. */
function isPart(whole: unknown, part: unknown): boolean {
  const all = new Map(Object.entries(whole ?? {}));
  return Object.entries(part ?? {}).every(([name, value]) => all.get(name) === value);
}

const sameRule = ({ action, constraint }: Prohibition): string => textOf([action, constraint]);

const isPermittedBy = (asked: Permission, offered: Permission): boolean =>
  includes(asked.action, offered.action) &&
  asked.constraint.every((limit) => offered.constraint.some((other) => isNarrower(other, limit))) &&
  (offered.duty ?? []).every((duty) => (asked.duty ?? []).some((other) => sameDuty(other) === sameDuty(duty)));

const sameDuty = ({ action, constraint }: Duty): string => textOf([action, constraint]);
