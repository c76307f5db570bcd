/** The usage agreement as a signed object: both sides, and nobody else, have put their names under the same bytes. */
import { contentHash } from '@revier/core';
import { Agreement, AppError, type GeneralJws, type KeyId, type Sha256 } from '@revier/schema';
import { verifyGeneral } from './general.ts';
import { assertTrustInForce, resolver, type Trust } from './trust.ts';

export interface VerifiedAgreement {
  readonly agreement: Agreement;
  /** What a query names. */
  readonly hash: Sha256;
}

/**
 * Its terms and dates are policy (core); here only who has signed.
 * @throws AppError POLICY_INVALID unless assigner (a data holder) and assignee (a data user), two different
 * participants, have signed once each; WRONG_REALM; EXPIRED for the trust list; what `verifyGeneral` throws
 */
export async function verifyAgreement(jws: GeneralJws, trust: Trust, now: Date): Promise<VerifiedAgreement> {
  assertTrustInForce(trust, { now });
  const { payload: agreement, kids } = await verifyGeneral(jws, 'revier-agreement+jws', Agreement, resolver(trust));
  if (agreement['rv:realm'] !== trust.list.realm) throw new AppError('WRONG_REALM');
  assertBothSigned(agreement, kids, trust);
  return { agreement, hash: contentHash(agreement) };
}

function assertBothSigned({ assigner, assignee }: Agreement, kids: readonly KeyId[], trust: Trust): void {
  const signed = kids.map((kid) => trust.keyOf(kid)?.participant.id).sort();
  const both = [assigner, assignee].sort();
  if (signed.length !== 2 || signed[0] !== both[0] || signed[1] !== both[1] || assigner === assignee)
    throw invalid('Exactly the two sides of the agreement must have signed it.');
  if (!trust.participant(assigner)?.roles.includes('data-holder')) throw invalid('The assigner is no data holder.');
  if (!trust.participant(assignee)?.roles.includes('data-user')) throw invalid('The assignee is no data user.');
}

const invalid = (detail: string): AppError => new AppError('POLICY_INVALID', { detail });
