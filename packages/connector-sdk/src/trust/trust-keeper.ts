/** The keeper of trust: always speaks of the newest trust list, never goes back, also after a restart, and knows how fresh it is. */
import { canonicalText } from '@revier/core';
import {
  AppError,
  type CompactJws,
  type GeneralJws,
  type KeyId,
  type Realm,
  TrustList,
  TrustTimestamp,
  type TrustView,
} from '@revier/schema';
import { base64urlBytes } from '../signatures/base64url.ts';
import { readPayload } from '../signatures/payload.ts';
import { openTrustList, type Trust, type TrustOptions, trustOf } from '../signatures/trust.ts';
import { verifyTimestamp } from './timestamp.ts';

/** Where a participant remembers what it has trusted: in its own records, which it believes. */
export interface TrustMemory {
  load(): Promise<TrustView | undefined>;
  /** Must refuse another list under a version that is there already (REPLAYED), and keep the newer one of two. */
  store(view: TrustView): Promise<void>;
}

export interface TrustKeeper extends Trust {
  readonly signed: GeneralJws;
  /** The newest one of this list. */
  readonly timestamp: CompactJws | null;
  assertFresh(): void;
  isFresh(): boolean;
  /** Instant in milliseconds when the newest timestamp ends; undefined where there is none. */
  freshUntil(): number | undefined;
  /**
   * Verifies and keeps what is newer, list first. False when nothing was.
   * @throws AppError REPLAYED for an older list, another list under the same version, or a timestamp of another list;
   * what `openTrustList` and `verifyTimestamp` throw. What was kept before stays.
   */
  take(view: TrustView, options?: Pick<TrustOptions, 'passing'>): Promise<boolean>;
  /** Looks whether somebody else on the same records has something newer. */
  recall(): Promise<void>;
  /** Called after every change; returns the way to stop. */
  onChange(fn: () => void): () => void;
}

export interface KeeperOptions {
  /** The list to begin with; may be left out where one is remembered. */
  readonly trustList?: GeneralJws | undefined;
  readonly pinnedSigners: readonly KeyId[] | TrustList;
  readonly realm: Realm;
  readonly memory: TrustMemory;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface State {
  readonly trust: Trust;
  readonly signed: GeneralJws;
  readonly timestamp: CompactJws | null;
  /** Of the newest timestamp, of this list or of one before it: either way no newer one was known at that time. */
  readonly fresh: Pick<TrustTimestamp, 'iat' | 'exp'> | undefined;
}

/** @throws AppError as `openTrustList`; REPLAYED when the list to begin with contradicts the one remembered */
export async function openTrustKeeper(options: KeeperOptions): Promise<TrustKeeper> {
  const { memory, trustList, pinnedSigners } = options;
  const remembered = await memory.load();
  if (remembered === undefined) {
    if (trustList === undefined) throw new AppError('NOT_FOUND', { detail: 'There is no trust list to begin with.' });
    const first = await opened(trustList, { ...options, pinnedSigners });
    await memory.store({ trustList, timestamp: null });
    return keeperOf(first, options);
  }
  const keeper = keeperOf(recalled(remembered, options), options);
  if (trustList === undefined) return keeper;
  // The list in a folder is seldom the newest: an older one is no fault, a contradicting one is.
  const { list } = await openTrustList(trustList, { ...clockOf(options), pinnedSigners, passing: true });
  if (list.version >= keeper.list.version) await keeper.take({ trustList, timestamp: null });
  return keeper;
}

function keeperOf(first: State, options: KeeperOptions): TrustKeeper {
  let state = first;
  const heard = new Set<() => void>();
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: the later one is held against what the earlier one has brought. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const adopt = (next: State): boolean => {
    if (next === state) return false;
    state = next;
    for (const fn of heard) fn();
    return true;
  };
  const isFresh = (): boolean => isFreshAt(state, options.now());
  return {
    get list() {
      return state.trust.list;
    },
    get signed() {
      return state.signed;
    },
    get timestamp() {
      return state.timestamp;
    },
    participant: (id) => state.trust.participant(id),
    keyOf: (kid) => state.trust.keyOf(kid),
    keysOf: (id) => state.trust.keysOf(id),
    isFresh,
    freshUntil: () => (state.fresh === undefined ? undefined : state.fresh.exp * 1000),
    assertFresh() {
      if (!isFresh()) throw new AppError('TRUST_STALE');
    },
    take: (view, how = {}) =>
      inTurn(async () => {
        const withList = await newerList(view, state, { ...options, ...how });
        // A list that verifies is kept, whatever its timestamp turns out to be.
        await keep(withList, state, options);
        const isNews = adopt(withList);
        const withStamp = await newerTimestamp(view, withList, options);
        await keep(withStamp, withList, options);
        return adopt(withStamp) || isNews;
      }),
    recall: () =>
      inTurn(async () => {
        const view = await options.memory.load();
        if (view !== undefined) adopt(newest(recalled(view, options), state));
      }),
    onChange(fn) {
      heard.add(fn);
      return () => void heard.delete(fn);
    },
  };
}

const clockOf = ({ realm, now }: KeeperOptions) => ({ realm, now: new Date(now()) });

/** A list without timestampers, which only a test realm may have, counts as long as it says so itself. */
const isFreshAt = ({ trust: { list }, fresh }: State, now: number): boolean =>
  list.timestampers === undefined || (fresh !== undefined && now < fresh.exp * 1000);

async function opened(signed: GeneralJws, options: KeeperOptions & Pick<TrustOptions, 'passing'>): Promise<State> {
  const { pinnedSigners, passing = false } = options;
  const { list } = await openTrustList(signed, { ...clockOf(options), pinnedSigners, passing });
  return { trust: trustOf(list, options.now), signed, timestamp: null, fresh: undefined };
}

async function newerList(
  { trustList }: TrustView,
  state: State,
  options: KeeperOptions & Pick<TrustOptions, 'passing'>,
): Promise<State> {
  if (trustList.payload === state.signed.payload) return state;
  const next = await opened(trustList, { ...options, pinnedSigners: state.trust.list });
  // What was fresh stays so: a newer list cannot be more out of date than the one that was confirmed.
  return next.trust.list.version > state.trust.list.version ? { ...next, fresh: state.fresh } : state;
}

async function newerTimestamp({ timestamp }: TrustView, state: State, options: KeeperOptions): Promise<State> {
  if (timestamp === null || timestamp === state.timestamp) return state;
  const { iat, exp } = await verifyTimestamp(timestamp, state.trust, clockOf(options));
  const isNewer = state.timestamp === null || state.fresh === undefined || iat > state.fresh.iat;
  return isNewer ? { ...state, timestamp, fresh: { iat, exp } } : state;
}

async function keep(next: State, before: State, { memory }: KeeperOptions): Promise<void> {
  if (next !== before) await memory.store({ trustList: next.signed, timestamp: next.timestamp });
}

/** From our own records, where it was put after it had been verified. */
function recalled({ trustList, timestamp }: TrustView, { now }: KeeperOptions): State {
  const list = readPayload(TrustList, base64urlBytes(trustList.payload));
  const fresh =
    timestamp === null ? undefined : readPayload(TrustTimestamp, base64urlBytes(timestamp.split('.')[1] ?? ''));
  return { trust: trustOf(list, now), signed: trustList, timestamp, fresh };
}

function newest(one: State, other: State): State {
  const [a, b] = [one.trust.list, other.trust.list];
  if (a.version !== b.version) return a.version > b.version ? { ...one, fresh: one.fresh ?? other.fresh } : other;
  if (canonicalText(a) !== canonicalText(b)) throw new AppError('REPLAYED');
  return (one.fresh?.iat ?? 0) > (other.fresh?.iat ?? 0) ? one : other;
}
