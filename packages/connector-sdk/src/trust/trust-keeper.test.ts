/** The keeper: what it takes, what it refuses, and what a lying broker cannot make it believe. */
import { contentHash } from '@revier/core';
import type { GeneralJws, TrustList } from '@revier/schema';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Actor, actor, NOW, trustList } from '../signatures/actors.case.ts';
import { signGeneral } from '../signatures/general.ts';
import { assertTrustInForce } from '../signatures/trust.ts';
import { catchUp } from './catch-up.ts';
import { trustMemory } from './memory.case.ts';
import { signTimestamp } from './timestamp.ts';
import { type KeeperOptions, openTrustKeeper } from './trust-keeper.ts';

const MINUTE = 60_000;
const actors = async () => ({
  a: await actor('a', 'data-holder'),
  b: await actor('b', 'data-holder'),
  c: await actor('c', 'data-holder'),
  broker: await actor('broker', 'broker'),
  gone: await actor('gone', 'data-user'),
});
let all: Awaited<ReturnType<typeof actors>>;
let memory = trustMemory();
let now = NOW.getTime();
beforeAll(async () => {
  all = await actors();
});
beforeEach(() => {
  memory = trustMemory();
  now = NOW.getTime();
});

const list = (more: Partial<TrustList> = {}): TrustList =>
  trustList([all.a, all.b, all.c], [all.a, all.b, all.c, all.broker, all.gone], {
    threshold: 2,
    timestampers: [all.a.keys.kid],
    ...more,
  });
const sign = (content: TrustList, ...by: Actor[]): Promise<GeneralJws> =>
  signGeneral(
    'revier-trust-list+jws',
    content,
    (by.length === 0 ? [all.a, all.b] : by).map(({ keys }) => keys.privateKey),
  );
const stamp = (content: TrustList, by = all.a, at = now) => signTimestamp(content, by.signer, new Date(at));
const open = async (more: Partial<KeeperOptions> = {}) =>
  openTrustKeeper({
    trustList: await sign(list()),
    pinnedSigners: [all.a.keys.kid, all.b.keys.kid],
    realm: 'test',
    memory,
    now: () => now,
    ...more,
  });
const without = (kid: string): Partial<TrustList> => ({
  participants: list().participants.filter(({ keys }) => keys.every((key) => key.kid !== kid)),
});
const isRefused = (attempt: Promise<unknown>, code: string) => expect(attempt).rejects.toMatchObject({ code });
const isStale = (keeper: Awaited<ReturnType<typeof open>>): void =>
  expect(() => assertTrustInForce(keeper, { now: new Date(now) })).toThrow(
    expect.objectContaining({ code: 'TRUST_STALE' }),
  );

describe('a keeper', () => {
  it('is stale before any timestamp, fresh with one, stale after an hour, and recovers by itself', async () => {
    const keeper = await open();
    isStale(keeper);
    await keeper.take({ trustList: keeper.signed, timestamp: await stamp(list()) });
    assertTrustInForce(keeper, { now: new Date(now) });
    now += 60 * MINUTE - 1;
    assertTrustInForce(keeper, { now: new Date(now) });
    now += 1;
    isStale(keeper);
    await keeper.take({ trustList: keeper.signed, timestamp: await stamp(list()) });
    assertTrustInForce(keeper, { now: new Date(now) });
  });

  it('speaks of the newest list at once: a revoked key is a stranger', async () => {
    const keeper = await open();
    expect(keeper.keyOf(all.gone.keys.kid)?.participant.id).toBe(all.gone.id);
    const second = list({ version: 2, ...without(all.gone.keys.kid) });
    expect(await keeper.take({ trustList: await sign(second), timestamp: null })).toBe(true);
    expect(keeper.keyOf(all.gone.keys.kid)).toBeUndefined();
    expect(keeper.list.version).toBe(2);
  });

  it('stays fresh over a new list until its own timestamp comes, and no longer than the old one counts', async () => {
    const keeper = await open();
    await keeper.take({ trustList: keeper.signed, timestamp: await stamp(list()) });
    await keeper.take({ trustList: await sign(list({ version: 2 })), timestamp: null });
    assertTrustInForce(keeper, { now: new Date(now) });
    now += 60 * MINUTE;
    isStale(keeper);
  });

  it('knows an outgoing key until its time is over', async () => {
    const until = new Date(now + MINUTE).toISOString();
    const leaving = {
      ...all.gone.participant,
      keys: [{ kid: all.gone.keys.kid, key: all.gone.keys.publicKey, until }],
    };
    const participants = [...(without(all.gone.keys.kid).participants ?? []), leaving];
    const keeper = await open({ trustList: await sign(list({ participants })) });
    expect(keeper.keysOf(all.gone.id)).toHaveLength(1);
    now += MINUTE;
    expect(keeper.keyOf(all.gone.keys.kid)).toBeUndefined();
    expect(keeper.keysOf(all.gone.id)).toEqual([]);
  });
});

describe('a broker that hides a revocation', () => {
  it('gets an hour at most with the old list and its old timestamp', async () => {
    const keeper = await open();
    const old = { trustList: keeper.signed, timestamp: await stamp(list()) };
    await keeper.take(old);
    now += 60 * MINUTE;
    expect(await keeper.take(old)).toBe(false);
    isStale(keeper);
  });

  it('cannot use the fresh timestamp of the new list with the old one', async () => {
    const keeper = await open();
    const timestamp = await stamp(list({ version: 2 }));
    await isRefused(keeper.take({ trustList: keeper.signed, timestamp }), 'REPLAYED');
    isStale(keeper);
  });

  it('cannot use an old timestamp with the new list', async () => {
    const keeper = await open();
    const second = await sign(list({ version: 2 }));
    await isRefused(keeper.take({ trustList: second, timestamp: await stamp(list()) }), 'REPLAYED');
    expect(keeper.list.version).toBe(2);
    isStale(keeper);
  });

  it('cannot go back, also after a restart', async () => {
    await (await open()).take({ trustList: await sign(list({ version: 2 })), timestamp: null });
    const again = await open();
    expect(again.list.version).toBe(2);
    await isRefused(again.take({ trustList: await sign(list()), timestamp: await stamp(list()) }), 'REPLAYED');
    isStale(again);
  });

  it('cannot say two things under one version, also after a restart', async () => {
    const keeper = await open();
    const other = await sign(list({ expires: '2027-01-01T00:00:00Z' }));
    await isRefused(keeper.take({ trustList: other, timestamp: null }), 'REPLAYED');
    await isRefused(open({ trustList: other }), 'REPLAYED');
  });

  it('cannot make timestamps itself, nor have them made by somebody else or for longer', async () => {
    const keeper = await open();
    const take = (timestamp: string) => keeper.take({ trustList: keeper.signed, timestamp });
    await isRefused(take(await stamp(list(), all.broker)), 'KEY_UNKNOWN');
    await isRefused(take(await stamp(list(), all.b)), 'KEY_UNKNOWN');
    await isRefused(take(await stamp(list(), all.a, now + 10 * MINUTE)), 'EXPIRED');
    const iat = now / 1000;
    const long = { realm: 'test', version: 1, list: contentHash(list()), iat, exp: iat + 3601 };
    await isRefused(take(await all.a.signer.sign('revier-timestamp+jws', long)), 'EXPIRED');
    isStale(keeper);
  });

  it('cannot have its key, or the operator’s, among the timestampers', async () => {
    const operator = await actor('operator', 'operator');
    const participants = [...list().participants, operator.participant];
    for (const { keys } of [all.broker, operator])
      await isRefused(
        open({ trustList: await sign(list({ participants, timestampers: [keys.kid] })) }),
        'INVALID_REQUEST',
      );
  });

  it('cannot do without timestampers in production', async () => {
    const { timestampers: _, ...none } = list({ realm: 'production' });
    await isRefused(open({ trustList: await sign(none), realm: 'production' }), 'INVALID_REQUEST');
  });
});

describe('catching up', () => {
  it('goes from version to version, each signed by the signers of the one before, even if they all have changed since', async () => {
    const lists = [
      await sign(list()),
      await sign(list({ version: 2, threshold: 1, signers: [all.c.keys.kid], expires: '2026-02-02T00:00:00Z' })),
      await sign(list({ version: 3, threshold: 1, signers: [all.a.keys.kid] }), all.c),
    ];
    const at = async (version: number): Promise<GeneralJws> => lists[version - 1] ?? Promise.reject(new Error('none'));
    const reads = {
      trust: async () => ({
        trustList: await at(3),
        timestamp: await stamp(list({ version: 3, threshold: 1, signers: [all.a.keys.kid] })),
      }),
      trustListOf: at,
    };
    const keeper = await open();
    await isRefused(keeper.take(await reads.trust()), 'SIGNATURE_INVALID');
    await catchUp(keeper, reads);
    expect(keeper.list.version).toBe(3);
    assertTrustInForce(keeper, { now: new Date(now) });
  });

  it('does not believe an invented version', async () => {
    const invented = await sign(list({ version: 9 }), all.broker);
    const keeper = await open();
    const reads = { trust: async () => ({ trustList: invented, timestamp: null }), trustListOf: async () => invented };
    await isRefused(catchUp(keeper, reads), 'SIGNATURE_INVALID');
    expect(keeper.list.version).toBe(1);
  });
});
