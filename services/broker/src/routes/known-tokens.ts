/** Access tokens that have verified: a node shows the same one with every call for minutes, and one verification is enough. */
import type { Caller, Trust } from '@revier/connector-sdk';
import type { TrustList } from '@revier/schema';

/** More nodes than that only verify more often. */
const KEPT = 10_000;

/** For as long as a trust list counts, and no longer: what it says of a key may differ in the next one. */
const known = new WeakMap<TrustList, Map<string, Caller>>();

/** The participant of a token that has verified before and has not ended since. */
export async function knownCaller(
  token: string,
  { trust, now }: { readonly trust: Trust; readonly now: Date },
  verify: () => Promise<Caller>,
): Promise<Caller> {
  const tokens = known.get(trust.list) ?? new Map<string, Caller>();
  known.set(trust.list, tokens);
  const found = tokens.get(token);
  if (found !== undefined && now.getTime() < Math.min(found.token.exp * 1000, Date.parse(trust.list.expires)))
    return found;
  tokens.delete(token);
  const caller = await verify();
  tokens.set(token, caller);
  for (const oldest of tokens.size > KEPT ? tokens.keys() : []) {
    tokens.delete(oldest);
    break;
  }
  return caller;
}
