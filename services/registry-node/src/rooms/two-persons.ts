/** Four eyes: whether two different enrolled persons, each with a say, have signed. */
import { AppError, decidingRoles, type KeyId, samePerson } from '@revier/schema';
import type { Enrolled } from '../ports.ts';

/** @throws AppError TWO_PERSONS_NEEDED; keys are counted by the person that they belong to, and officers who only advise not at all */
export function assertTwoPersons(kids: readonly KeyId[], people: readonly Enrolled[]): void {
  if (deciding(people.filter(({ kid }) => kids.includes(kid))).size < 2) throw new AppError('TWO_PERSONS_NEEDED');
}

/** By name: one person with two keys, or in two roles, is one. */
export const deciding = (people: readonly Pick<Enrolled, 'name' | 'role'>[]): ReadonlySet<string> =>
  new Set(people.filter(({ role }) => decidingRoles.includes(role)).map(({ name }) => samePerson(name)));
