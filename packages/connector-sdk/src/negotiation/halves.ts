/** The two signatures under an agreement, given one after the other: the assigner's at AGREED, the assignee's at VERIFIED. */
import { canonicalBytes } from '@revier/core';
import { Agreement, AppError, type GeneralJws, JwsSignature, type ParticipantId } from '@revier/schema';
import type { ClockOptions } from '../signatures/clock.ts';
import { assertFits } from '../signatures/fits.ts';
import { verifyGeneral } from '../signatures/general.ts';
import type { Signer } from '../signatures/keys.ts';
import { assertTrustInForce, resolver, type Trust } from '../signatures/trust.ts';

const KIND = 'revier-agreement+jws';

/** The caller has looked at what it puts its name under. @throws AppError INVALID_REQUEST, BODY_TOO_LARGE */
export async function signHalf(agreement: Agreement, signer: Signer): Promise<JwsSignature> {
  // A compact serialisation signs the same bytes as one signature of a general one.
  const [header, , signature] = (await signer.sign(KIND, assertFits(Agreement, agreement))).split('.');
  return assertFits(JwsSignature, { protected: header, signature });
}

export interface VerifyHalfOptions extends ClockOptions {
  readonly trust: Trust;
  /** Whose signature it has to be. */
  readonly by: ParticipantId;
}

/** @throws AppError SIGNATURE_INVALID, KEY_UNKNOWN (also for another participant's key), SIGNATURE_TYPE, EXPIRED for the trust list */
export async function verifyHalf(
  agreement: Agreement,
  half: JwsSignature,
  { trust, by, ...clock }: VerifyHalfOptions,
): Promise<void> {
  assertTrustInForce(trust, clock);
  await verifyGeneral(generalOf(agreement, [half]), KIND, Agreement, resolver(trust, { participant: by }));
}

/** What `verifyAgreement` takes, if both are what they should be: this only joins. @throws AppError SIGNATURE_INVALID for one half twice */
export function joinHalves(agreement: Agreement, assigner: JwsSignature, assignee: JwsSignature): GeneralJws {
  if (assigner.protected === assignee.protected)
    throw new AppError('SIGNATURE_INVALID', { detail: 'One key has signed twice.' });
  return generalOf(agreement, [assigner, assignee]);
}

const generalOf = (agreement: Agreement, signatures: GeneralJws['signatures']): GeneralJws => ({
  payload: Buffer.from(canonicalBytes(assertFits(Agreement, agreement))).toString('base64url'),
  signatures,
});
