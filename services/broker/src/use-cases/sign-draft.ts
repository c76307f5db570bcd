/** A signer's name under the draft; with enough names the list is in force, here as everywhere else by the same check. */
import { verifyGeneral } from '@revier/connector-sdk';
import { contentHash } from '@revier/core';
import { AppError, type DraftStanding, type GeneralJws, TrustList } from '@revier/schema';
import type { Broker } from '../ports.ts';
import { standingOf } from './propose-draft.ts';
import { takeTrust } from './take-trust.ts';

/** @throws AppError KEY_UNKNOWN unless one of the signers in force has signed, NOT_FOUND when another draft has come meanwhile */
export async function signDraft(broker: Broker, signed: GeneralJws): Promise<DraftStanding> {
  const { office, trust } = broker;
  const { payload: list } = await verifyGeneral(signed, 'revier-trust-list+jws', TrustList, (kid) =>
    trust.list.signers.includes(kid) ? trust.keyOf(kid)?.key : undefined,
  );
  const draft = await office.draft();
  const [signature] = signed.signatures;
  if (draft?.hash !== contentHash(list) || signature === undefined || signed.signatures.length !== 1)
    throw new AppError('NOT_FOUND', { detail: 'The draft is another one by now: look at it again.' });
  const isKnown = draft.signatures.some((one) => one.protected === signature.protected);
  const grown = isKnown ? draft : await office.sign(draft.hash, signature);
  if (grown === undefined)
    throw new AppError('NOT_FOUND', { detail: 'The draft is another one by now: look at it again.' });
  if (grown.signatures.length < trust.list.threshold) return standingOf(broker, grown, false);
  await takeTrust(broker, {
    trustList: { payload: signed.payload, signatures: [...grown.signatures] },
    timestamp: null,
  });
  await office.dropDraft(grown.hash);
  return standingOf(broker, grown, true);
}
