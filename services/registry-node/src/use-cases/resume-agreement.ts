/** Resuming: a statement about this very suspension, signed by two persons enrolled here, ends it once; as a start ends a stop. */
import { assertInForce, verifyGeneral } from '@revier/connector-sdk';
import { AppError, type GeneralJws, ResumeStatement, type Sha256 } from '@revier/schema';
import type { SignedStatus } from '../policy-ports.ts';
import type { People } from '../ports.ts';
import { namesOf, resolvedIn } from '../rooms/signed-by-people.ts';
import { assertTwoPersons } from '../rooms/two-persons.ts';
import { LONGEST_STATEMENT } from './start-again.ts';
import { type StatingDeps, stateStatus } from './state-status.ts';

/**
 * @throws AppError KEY_UNKNOWN (not enrolled), SIGNATURE_INVALID, WRONG_AUDIENCE (another node), WRONG_REALM, EXPIRED,
 * REPLAYED (another agreement or suspension), TWO_PERSONS_NEEDED, STATUS_NOT_POSSIBLE
 */
export async function resumeAgreement(
  hash: Sha256,
  signed: GeneralJws,
  deps: StatingDeps & { readonly people: Pick<People, 'roll'> },
): Promise<SignedStatus> {
  const { participant, realm, now } = deps.self;
  const { people: enrolled } = await deps.people.roll();
  const { payload, kids } = await verifyGeneral(signed, 'revier-resume+jws', ResumeStatement, resolvedIn(enrolled));
  if (payload.node !== participant)
    throw AppError.at('WRONG_AUDIENCE', '/node', 'The statement is about another node.');
  if (payload.realm !== realm) throw AppError.at('WRONG_REALM', '/realm', 'Test and production never mix.');
  assertInForce(payload, { now: new Date(now()) }, LONGEST_STATEMENT);
  assertTwoPersons(kids, enrolled);
  const standing = await deps.agreements.standing(hash);
  if (payload.agreement !== hash || payload.seq !== standing?.life.seq)
    throw AppError.at('REPLAYED', '/seq', 'The statement is about another suspension than the one that holds.');
  return stateStatus(hash, 'ACTIVE', { reason: payload.reason, person: namesOf(kids, enrolled) }, deps);
}
