/** Starting again: a statement about this very stop, signed by two persons enrolled here, ends it once. */
import { assertInForce, verifyGeneral } from '@revier/connector-sdk';
import { contentHash } from '@revier/core';
import { AppError, type GeneralJws, type OpenStop, RestartStatement } from '@revier/schema';
import type { People, Self, Stops } from '../ports.ts';
import { namesOf, resolvedIn } from '../rooms/signed-by-people.ts';
import { assertTwoPersons } from '../rooms/two-persons.ts';

export interface StartDeps {
  readonly self: Self;
  readonly stops: Stops;
  readonly people: People;
}

/** Seconds: a statement is made for now, not for a drawer. */
export const LONGEST_STATEMENT = 7 * 86_400;

/**
 * Resolves when the stop has ended in the records.
 * @throws AppError NOT_STOPPED, NOT_RECONCILED, KEY_UNKNOWN (not enrolled), SIGNATURE_INVALID, WRONG_AUDIENCE (another node), WRONG_REALM,
 * EXPIRED, REPLAYED (another stop), TWO_PERSONS_NEEDED
 */
export async function startAgain(signed: GeneralJws, { self, stops, people }: StartDeps): Promise<void> {
  const [open, { people: enrolled }] = [await stops.open(), await people.roll()];
  if (open === undefined) throw new AppError('NOT_STOPPED');
  const { payload, kids } = await verifyGeneral(signed, 'revier-restart+jws', RestartStatement, resolvedIn(enrolled));
  assertFits(payload, open, self);
  assertTwoPersons(kids, enrolled);
  if (!open.reconciled) throw new AppError('NOT_RECONCILED');
  const statement = contentHash(payload);
  const ended = await stops.end(open.id, statement, {
    decision: 'started',
    codes: [],
    facts: { stop: open.id, statement, reason: payload.reason },
    person: namesOf(kids, enrolled),
  });
  if (!ended) throw otherStop();
}

function assertFits(statement: RestartStatement, { id }: OpenStop, { participant, realm, now }: Self): void {
  if (statement.node !== participant)
    throw AppError.at('WRONG_AUDIENCE', '/node', 'The statement is about another node.');
  if (statement.realm !== realm) throw AppError.at('WRONG_REALM', '/realm', 'Test and production never mix.');
  assertInForce(statement, { now: new Date(now()) }, LONGEST_STATEMENT);
  if (statement.stop !== id) throw otherStop();
}

const otherStop = (): AppError =>
  AppError.at('REPLAYED', '/stop', 'The statement is about another stop than the one that holds.');
