/** The watch: what was mentioned is looked for at once, and whoever needs it can wait for that. */
import type { GeneralJws, TrustList, TrustView } from '@revier/schema';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { actor, NOW, trustList } from '../signatures/actors.case.ts';
import { signGeneral } from '../signatures/general.ts';
import { trustMemory } from './memory.case.ts';
import { openTrustKeeper, type TrustKeeper } from './trust-keeper.ts';
import { type TrustWatch, watchTrust } from './watch-trust.ts';

const holder = await actor('holder', 'data-holder');
const listOf = (version: number): TrustList => trustList([holder], [holder], { version });
const sign = (list: TrustList): Promise<GeneralJws> =>
  signGeneral('revier-trust-list+jws', list, [holder.keys.privateKey]);

let keeper: TrustKeeper;
let stop: AbortController;
let watch: TrustWatch;
let faults: unknown[];
/** Looks that wait for their answer, in order. */
let looks: PromiseWithResolvers<TrustView>[];

beforeEach(async () => {
  keeper = await openTrustKeeper({
    trustList: await sign(listOf(1)),
    pinnedSigners: [holder.keys.kid],
    realm: 'test',
    memory: trustMemory(),
    now: () => NOW.getTime(),
  });
  [stop, faults, looks] = [new AbortController(), [], []];
  const trust = (): Promise<TrustView> => {
    const look = Promise.withResolvers<TrustView>();
    looks.push(look);
    return look.promise;
  };
  const reads = { trust, trustListOf: async () => sign(listOf(2)) };
  watch = watchTrust({ keeper, reads, signal: stop.signal, onFault: (fault) => faults.push(fault) });
  await answer(1, listOf(1));
});
afterEach(async () => {
  stop.abort(new Error('over'));
  for (const look of looks) look.reject(stop.signal.reason);
  await watch.ended();
});

/** Answers the n-th look, as soon as it has begun. */
async function answer(nth: number, list: TrustList): Promise<void> {
  await expect.poll(() => looks.length).toBe(nth);
  looks[nth - 1]?.resolve({ trustList: await sign(list), timestamp: null });
}

const isSettled = async (): Promise<boolean> => {
  const later = new Promise<false>((resolve) => setTimeout(() => resolve(false), 50));
  return Promise.race([watch.settled().then(() => true), later]);
};

it('has nothing to wait for while nothing newer was mentioned', async () => {
  watch.mention(1);
  expect(await isSettled()).toBe(true);
  expect(looks).toHaveLength(1);
});

it('lets whoever needs the mentioned version wait until it is known', async () => {
  watch.mention(2);
  expect(await isSettled()).toBe(false);
  await answer(2, listOf(2));
  await watch.settled();
  expect(keeper.list.version).toBe(2);
});

it('looks again for what is mentioned while it looks', async () => {
  watch.mention(2);
  await expect.poll(() => looks.length).toBe(2);
  watch.mention(3);
  await answer(2, listOf(2));
  expect(await isSettled()).toBe(false);
  await answer(3, listOf(3));
  await watch.settled();
  expect(keeper.list.version).toBe(3);
});

it('keeps nobody waiting for a version that does not come, and hears of it again', async () => {
  watch.mention(2);
  await expect.poll(() => looks.length).toBe(2);
  looks[1]?.reject(new Error('away'));
  await watch.settled();
  expect(faults).toHaveLength(1);
  watch.mention(2);
  await answer(3, listOf(2));
  await watch.settled();
  expect(keeper.list.version).toBe(2);
});

it('keeps nobody waiting when it ends', async () => {
  watch.mention(2);
  stop.abort(new Error('over'));
  looks.at(-1)?.reject(stop.signal.reason);
  await watch.ended();
  expect(await isSettled()).toBe(true);
  watch.mention(3);
  expect(await isSettled()).toBe(true);
});
