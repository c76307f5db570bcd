/** A draft of the next trust list: kept for the signers to look at. It says nothing until enough of them have signed. */
import { contentHash } from '@revier/core';
import { AppError, type DraftStanding, type TrustList } from '@revier/schema';
import type { Draft } from '../office-ports.ts';
import type { Broker } from '../ports.ts';

/** @throws AppError WRONG_REALM, INVALID_REQUEST for a version that is not the next one */
export async function proposeDraft(broker: Broker, list: TrustList): Promise<DraftStanding> {
  const { trust, realm, office, logger } = broker;
  if (list.realm !== realm) throw new AppError('WRONG_REALM');
  if (list.version !== trust.list.version + 1)
    throw AppError.at('INVALID_REQUEST', '/list/version', 'The draft is not of the next version: draft it anew.');
  const draft: Draft = { hash: contentHash(list), list, signatures: [] };
  await office.putDraft(draft);
  logger.info({ version: list.version, draft: draft.hash }, 'a trust list is drafted');
  return standingOf(broker, draft, false);
}

export const standingOf = (
  { trust }: Pick<Broker, 'trust'>,
  { list, signatures }: Draft,
  published: boolean,
): DraftStanding => ({
  version: list.version,
  signatures: signatures.length,
  // The signers of the list in force say what comes next.
  needed: published ? signatures.length : trust.list.threshold,
  published,
});
