/** The trust list: who can open it, and what it can never be made to say. */
import type { TrustList } from '@revier/schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Actor, actor, NOW, trustList } from './actors.case.ts';
import { signGeneral } from './general.ts';
import { generateKeyPair } from './keys.ts';
import { assertTrustInForce, openTrustList, resolver, type TrustOptions } from './trust.ts';

const KIND = 'revier-trust-list+jws';

const actors = async () => ({
  a: await actor('a', 'data-holder'),
  b: await actor('b', 'data-holder'),
  c: await actor('c', 'data-holder', 'data-user'),
  broker: await actor('broker', 'broker'),
  evil: await actor('evil', 'data-user'),
});

let all: Awaited<ReturnType<typeof actors>>;
beforeAll(async () => {
  all = await actors();
});

const list = (more: Partial<TrustList> = {}) =>
  trustList([all.a, all.b, all.c], [all.a, all.b, all.c, all.broker], { threshold: 2, ...more });
const sign = (content: TrustList, ...by: Actor[]) =>
  signGeneral(
    KIND,
    content,
    by.map(({ keys }) => keys.privateKey),
  );
const open = async (content: TrustList, by: Actor[], more: Partial<TrustOptions> = {}) =>
  openTrustList(await sign(content, ...by), { pinnedSigners: list(), now: NOW, realm: 'test', ...more });
const isRefused = (attempt: Promise<unknown>, code: string) => expect(attempt).rejects.toMatchObject({ code });

describe('a trust list', () => {
  it('opens with as many of the pinned signers as needed', async () => {
    const trust = await open(list({ version: 2 }), [all.a, all.c]);
    expect(trust.participant(all.broker.id)?.roles).toEqual(['broker']);
    expect(trust.keyOf(all.a.keys.kid)).toEqual({ participant: all.a.participant, key: all.a.keys.publicKey });
    expect(trust.keysOf(all.a.id)).toEqual([all.a.keys.publicKey]);
    expect(trust.keysOf('did:web:nobody.example')).toEqual([]);
    expect(trust.keyOf(all.evil.keys.kid)).toBeUndefined();
  });

  it('does not open with fewer, whoever else signs', async () => {
    await isRefused(open(list({ version: 2 }), [all.a]), 'SIGNATURE_INVALID');
    await isRefused(open(list({ version: 2 }), [all.a, all.broker]), 'SIGNATURE_INVALID');
  });

  it('cannot lower its own threshold or name its own signers', async () => {
    await isRefused(open(list({ version: 2, threshold: 1 }), [all.a]), 'SIGNATURE_INVALID');
    const taken = trustList([all.evil], [all.a, all.broker, all.evil], { version: 2 });
    await isRefused(open(taken, [all.evil]), 'SIGNATURE_INVALID');
  });

  it('is refused with a stranger among its signers', async () => {
    await isRefused(open(list({ version: 2 }), [all.a, all.b, all.evil]), 'KEY_UNKNOWN');
  });

  it('needs every signature of a bare list of pinned keys', async () => {
    const pinnedSigners = [all.a.keys.kid, all.b.keys.kid];
    expect((await open(list(), [all.a, all.b], { pinnedSigners })).list.version).toBe(1);
    await isRefused(open(list(), [all.a, all.c], { pinnedSigners }), 'SIGNATURE_INVALID');
    await isRefused(open(list(), [all.a], { pinnedSigners: [] }), 'SIGNATURE_INVALID');
  });

  it('lets a signer sign its own leaving', async () => {
    const without = trustList([all.a, all.b], [all.a, all.b, all.broker], { version: 2, threshold: 2 });
    const trust = await open(without, [all.a, all.c]);
    expect(trust.keyOf(all.c.keys.kid)).toBeUndefined();
  });

  it('never goes back, and never says two things under one version', async () => {
    const pinnedSigners = list({ version: 5 });
    await isRefused(open(list({ version: 4 }), [all.a, all.b], { pinnedSigners }), 'REPLAYED');
    await isRefused(
      open(list({ version: 5, expires: '2027-01-01T00:00:00Z' }), [all.a, all.b], { pinnedSigners }),
      'REPLAYED',
    );
    expect((await open(list({ version: 5 }), [all.a, all.b], { pinnedSigners })).list.version).toBe(5);
  });

  it('is of its realm and in force', async () => {
    await isRefused(open(list({ realm: 'production' }), [all.a, all.b]), 'WRONG_REALM');
    await isRefused(open(list({ version: 2, expires: '2026-02-28T00:00:00Z' }), [all.a, all.b]), 'EXPIRED');
    await isRefused(open(list({ version: 2, issued: '2026-03-02T00:00:00Z' }), [all.a, all.b]), 'EXPIRED');
    await isRefused(open(list(), [all.a, all.b], { now: new Date(Number.NaN) }), 'EXPIRED');
    const trust = await open(list(), [all.a, all.b]);
    expect(() => assertTrustInForce(trust, { now: new Date('2026-06-02T00:00:00Z') })).toThrow(
      expect.objectContaining({ code: 'EXPIRED' }),
    );
  });

  it('gives no key a name that is not its own', async () => {
    const fake = { ...all.broker.participant, keys: [{ kid: all.a.keys.kid, key: all.evil.keys.publicKey }] };
    const content = { ...list({ version: 2 }), participants: [fake, all.b.participant, all.c.participant] };
    await isRefused(open(content, [all.b, all.c]), 'INVALID_REQUEST');
  });

  it('gives no key to two participants, and lists nobody twice', async () => {
    const twin = { ...all.evil.participant, keys: all.a.participant.keys };
    await isRefused(
      open({ ...list({ version: 2 }), participants: [...list().participants, twin] }, [all.a, all.b]),
      'INVALID_REQUEST',
    );
    const more = { ...all.a.participant, keys: [{ kid: all.evil.keys.kid, key: all.evil.keys.publicKey }] };
    await isRefused(
      open({ ...list({ version: 2 }), participants: [...list().participants, more] }, [all.a, all.b]),
      'INVALID_REQUEST',
    );
  });

  it('can always be followed by a next one', async () => {
    await isRefused(open(list({ version: 2, threshold: 4 }), [all.a, all.b]), 'INVALID_REQUEST');
    const { kid } = await generateKeyPair();
    await isRefused(open(list({ version: 2, signers: [all.a.keys.kid, kid] }), [all.a, all.b]), 'INVALID_REQUEST');
  });
});

describe('the resolver', () => {
  it('knows a key only in its role and for its participant', async () => {
    const trust = await open(list(), [all.a, all.b]);
    const { kid, publicKey } = all.c.keys;
    expect(resolver(trust)(kid)).toEqual(publicKey);
    expect(resolver(trust, { role: 'data-user' })(kid)).toEqual(publicKey);
    expect(resolver(trust, { role: 'broker' })(kid)).toBeUndefined();
    expect(resolver(trust, { participant: all.c.id })(kid)).toEqual(publicKey);
    expect(resolver(trust, { participant: all.a.id })(kid)).toBeUndefined();
    expect(resolver(trust)(all.evil.keys.kid)).toBeUndefined();
  });
});
