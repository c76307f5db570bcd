/** Catching up: from the list that is trusted to the newest one, version by version, since each is vouched for by the one before. */
import { unverified } from '@revier/core';
import type { GeneralJws, TrustView } from '@revier/schema';
import { ConnectionError } from '../client/errors.ts';
import type { TrustKeeper } from './trust-keeper.ts';

export interface TrustReads {
  /** Unverified. */
  trust(signal?: AbortSignal): Promise<TrustView>;
  /** One version; unverified. */
  trustListOf(version: number, signal?: AbortSignal): Promise<GeneralJws>;
}

/** Versions that may lie between: whoever was away longer is enrolled anew. */
const MOST_STEPS = 1000;

/** @throws ProblemError, ConnectionError; AppError as `take` does, and then everything before the fault has been taken */
export async function catchUp(keeper: TrustKeeper, reads: TrustReads, signal?: AbortSignal): Promise<void> {
  const view = await reads.trust(signal);
  const newest = claimedVersion(view.trustList);
  if (newest > keeper.list.version + MOST_STEPS)
    throw new ConnectionError('unexpected-answer', 'Too many versions lie between the trust list and ours.');
  for (let version = keeper.list.version + 1; version < newest; version++) {
    const step: TrustView = { trustList: await reads.trustListOf(version, signal), timestamp: null };
    await keeper.take(step, { passing: true });
    if (keeper.list.version !== version)
      throw new ConnectionError('unexpected-answer', 'A trust list of another version came than was asked for.');
  }
  await keeper.take(view);
}

/** What a list says of itself: enough to know how far the way is, and nothing is believed of it. */
function claimedVersion(list: GeneralJws): number {
  try {
    const claimed = unverified(list);
    const version = claimed instanceof Object && 'version' in claimed ? Number(claimed.version) : Number.NaN;
    if (Number.isSafeInteger(version)) return version;
  } catch {}
  throw new ConnectionError('unexpected-answer', 'The trust list says no version.');
}
