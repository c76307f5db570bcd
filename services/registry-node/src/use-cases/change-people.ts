/** Enrolling people at this node: the first when it is set up, every change after that by two of them. */
import { assertInForce, keyIdOf, verifyGeneral } from '@revier/connector-sdk';
import { AppError, type GeneralJws, PeopleChange, type Person } from '@revier/schema';
import type { Enrolled, People, Self } from '../ports.ts';
import { namesOf, resolvedIn } from '../rooms/signed-by-people.ts';
import { assertTwoPersons, deciding } from '../rooms/two-persons.ts';
import { LONGEST_STATEMENT } from './start-again.ts';

/** Fewer than two who decide are not taken: nobody could ever start the node again. */
export async function enrolFirst(given: readonly Person[], people: People): Promise<void> {
  if (deciding(given).size < 2) return;
  const enrolled = await Promise.all(given.map(withKeyId));
  assertKeysDiffer(enrolled);
  await people.found(enrolled);
}

/** @throws AppError as `startAgain`; REPLAYED for another roll, INVALID_REQUEST for a change that makes no sense */
export async function changePeople(
  signed: GeneralJws,
  { self, people }: { readonly self: Self; readonly people: People },
): Promise<void> {
  const { id, people: enrolled } = await people.roll();
  const { payload, kids } = await verifyGeneral(signed, 'revier-people+jws', PeopleChange, resolvedIn(enrolled));
  if (payload.node !== self.participant)
    throw AppError.at('WRONG_AUDIENCE', '/node', 'The change is about another node.');
  if (payload.realm !== self.realm) throw AppError.at('WRONG_REALM', '/realm', 'Test and production never mix.');
  assertInForce(payload, { now: new Date(self.now()) }, LONGEST_STATEMENT);
  if (payload.roll !== id) throw otherRoll();
  assertTwoPersons(kids, enrolled);
  const changed = await changedRoll(enrolled, payload.change);
  const facts = { roll: id, what: payload.change.what };
  const person = namesOf(kids, enrolled);
  if (!(await people.change(changed, id, signed, { decision: 'people-changed', codes: [], facts, person })))
    throw otherRoll();
}

async function changedRoll(enrolled: readonly Enrolled[], change: PeopleChange['change']): Promise<Enrolled[]> {
  const changed =
    change.what === 'add'
      ? [...enrolled, await withKeyId(change.person)]
      : enrolled.filter(({ kid }) => kid !== change.kid);
  assertKeysDiffer(changed);
  if (changed.length === enrolled.length)
    throw AppError.at('INVALID_REQUEST', '/change/kid', 'Nobody is enrolled with this key.');
  if (deciding(changed).size < 2)
    throw AppError.at('INVALID_REQUEST', '/change/kid', 'Two persons who decide have to stay.');
  return changed;
}

function assertKeysDiffer(people: readonly Enrolled[]): void {
  if (new Set(people.map(({ kid }) => kid)).size !== people.length)
    throw new AppError('INVALID_REQUEST', { detail: 'A key is enrolled already; everybody has their own.' });
}

const withKeyId = async (person: Person): Promise<Enrolled> => ({ ...person, kid: await keyIdOf(person.key) });

const otherRoll = (): AppError =>
  AppError.at('REPLAYED', '/roll', 'The change is about another roll: who is enrolled has changed since.');
