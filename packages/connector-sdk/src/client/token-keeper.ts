/** Keeps one access token and makes the next one before it ends. */
import type { CompactJws } from '@revier/schema';
import { type AccessToSign, accessToken, LONGEST_ACCESS } from '../signatures/access.ts';
import type { Authorize } from './inner.ts';

/** Who asks, and whom. */
export type Identity = Omit<AccessToSign, 'now' | 'lifetimeSeconds'>;

/** A token is used while at least a minute of it is left, so that it does not end on its way. */
const USED_FOR_MS = (LONGEST_ACCESS - 60) * 1000;

/** The same as headers. */
export function bearerOf(identity: Identity, clock: () => Date): Authorize {
  const token = tokenKeeper(identity, clock);
  return async () => ({ authorization: `Bearer ${await token()}` });
}

export function tokenKeeper(identity: Identity, clock: () => Date): () => Promise<CompactJws> {
  let kept: { readonly token: Promise<CompactJws>; readonly until: number } | undefined;
  return () => {
    const now = clock();
    const left = kept === undefined ? -1 : kept.until - now.getTime();
    // A clock that was set back leaves more than there ever was.
    if (kept === undefined || left <= 0 || left > USED_FOR_MS)
      kept = { token: accessToken({ ...identity, now }), until: now.getTime() + USED_FOR_MS };
    return kept.token;
  };
}
