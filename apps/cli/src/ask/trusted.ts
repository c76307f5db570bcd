/** Whom to trust: what is remembered, brought up to date at the broker, version by version. */
import {
  catchUp,
  openTrustKeeper,
  openTrustList,
  type TrustKeeper,
  type TrustMemory,
  type TrustReads,
} from '@revier/connector-sdk';
import { unverified } from '@revier/core';
import { AppError, type GeneralJws, type KeyId, type Realm, TrustList } from '@revier/schema';

export interface Trusting {
  /** The list to begin with; without it, it is looked for at the broker. */
  readonly first?: GeneralJws | undefined;
  readonly reads: TrustReads;
  readonly memory: TrustMemory;
  readonly pinnedSigners: readonly KeyId[];
  readonly realm: Realm;
  readonly clock: () => Date;
  readonly signal?: AbortSignal | undefined;
}

/** @throws AppError as `openTrustKeeper` and `catchUp`; ProblemError, ConnectionError */
export async function trusted(trusting: Trusting): Promise<TrustKeeper> {
  const { memory, clock, reads, signal } = trusting;
  const remembered = (await memory.load()) !== undefined;
  const trustList = trusting.first ?? (remembered ? undefined : await firstList(trusting));
  const keeper = await openTrustKeeper({ ...trusting, trustList, now: () => clock().getTime() });
  await catchUp(keeper, reads, signal);
  return keeper;
}

/** At the very first: the newest version that the pinned signers have all signed; what came after is vouched for step by step. */
async function firstList({ reads, pinnedSigners, realm, clock, signal }: Trusting): Promise<GeneralJws> {
  const { trustList: newest } = await reads.trust(signal);
  const open = (list: GeneralJws) => openTrustList(list, { pinnedSigners, realm, now: clock(), passing: true });
  let list = newest;
  for (;;) {
    const fault = await open(list).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    if (fault === undefined) return list;
    const version = versionOf(list);
    if (!isOfOthers(fault) || version <= 1) throw fault;
    list = await reads.trustListOf(version - 1, signal);
    if (versionOf(list) !== version - 1) throw fault;
  }
}

/** Signed by other signers than the pinned ones: they may have signed an earlier version. */
const isOfOthers = (fault: unknown): boolean =>
  fault instanceof AppError && (fault.code === 'SIGNATURE_INVALID' || fault.code === 'KEY_UNKNOWN');

const Version = TrustList.pick({ version: true }).loose();

function versionOf(list: GeneralJws): number {
  const claimed = Version.safeParse(unverified(list));
  return claimed.success ? claimed.data.version : 0;
}
