/** What people enrolled at this node have signed: their keys count here and nowhere else, and no other key does. */
import type { ResolveKey } from '@revier/connector-sdk';
import type { KeyId } from '@revier/schema';
import type { Enrolled } from '../ports.ts';

export const resolvedIn =
  (people: readonly Enrolled[]): ResolveKey =>
  (kid) =>
    people.find((person) => person.kid === kid)?.key;

/** For the audit log, as a personal field. */
export const namesOf = (kids: readonly KeyId[], people: readonly Enrolled[]): string =>
  people
    .filter(({ kid }) => kids.includes(kid))
    .map(({ name, role }) => `${name} (${role})`)
    .join(', ');
