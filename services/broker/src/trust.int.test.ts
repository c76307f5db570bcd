/** Enrolment and trust at the broker: codes work once and in time, nobody is invented, and nothing is answered on a stale list. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  accessToken,
  createBrokerClient,
  createOfficeClient,
  generateKeyPair,
  hashOfSecret,
  type KeyPair,
  makeInvitation,
  type OfficeClient,
  openTrustList,
  readInvitation,
  signEnrolment,
  signGeneral,
  signTimestamp,
  verifyEnrolment,
  withEnrolment,
  withoutParticipant,
} from '@revier/connector-sdk';
import { contentHash, unverified } from '@revier/core';
import { type Enrolment, type GeneralJws, LogEntry, TrustList } from '@revier/schema';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BROKER, USER } from './testing/data-space.case.ts';
import { CITY_A, CITY_B, codeOf, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

const MINUTE = 60_000;
const NINTH = 'did:web:ninth.example';
let space: TwoCities;
let ahead: number;
const now = (): Date => new Date(Date.now() + ahead);
beforeEach(async () => {
  ahead = 0;
  space = await startTwoCities({ enrolmentsPerMinute: 5 });
}, 120_000);
afterEach(() => space.federation.close());

const later = (ms: number): void => {
  ahead += ms;
  space.federation.later(ms);
};
const identityOf = (id: string) => {
  const { signer } = space.federation.member(id);
  return { signer, iss: id, aud: BROKER, realm: 'test' as const };
};
/** The broker of these tests is its own operator. */
const officeOf = (id = BROKER): OfficeClient =>
  createOfficeClient({ baseUrl: space.federation.url(), identity: identityOf(id), clock: now });
const signedBy = (list: TrustList, ...ids: string[]): Promise<GeneralJws> =>
  signGeneral(
    'revier-trust-list+jws',
    list,
    ids.map((id) => space.federation.member(id).keys.privateKey),
  );
const inForce = async (): Promise<TrustList> => {
  const { trustList } = await officeOf().trust();
  return TrustList.parse(unverified(trustList));
};
const openTrust = async () => {
  const { trustList } = await officeOf().trust();
  const pinnedSigners = [space.federation.member(BROKER).keys.kid];
  return openTrustList(trustList, { pinnedSigners, realm: 'test', now: now() });
};
const request = (keys: KeyPair, secret: string | null, more: Partial<Enrolment> = {}) =>
  signEnrolment({
    ...{ id: NINTH, name: 'Ninth', roles: ['data-holder'], aud: BROKER, realm: 'test' },
    code: secret === null ? null : hashOfSecret(secret),
    privateKey: keys.privateKey,
    now: now(),
    ...more,
  });
async function invited(): Promise<string> {
  const { code } = makeInvitation(await inForce());
  const { secret } = readInvitation(code);
  await officeOf().invite(hashOfSecret(secret));
  return secret;
}

describe('a code', () => {
  it('lets one request in, and no second one', async () => {
    const secret = await invited();
    const [first, second] = [await generateKeyPair(), await generateKeyPair()];
    const office = officeOf();
    await office.enrol({ secret, enrolment: await request(first, secret) });
    expect(await codeOf(office.enrol({ secret, enrolment: await request(second, secret) }))).toBe('CODE_INVALID');
    expect(await office.enrolments()).toHaveLength(1);
  });

  it('is used once by two who come at the same time', async () => {
    const secret = await invited();
    const both = await Promise.all([generateKeyPair(), generateKeyPair()]);
    const codes = both.map(async (keys) =>
      codeOf(officeOf().enrol({ secret, enrolment: await request(keys, secret) })),
    );
    expect((await Promise.all(codes)).sort()).toEqual(['CODE_INVALID', undefined]);
  });

  it('is over after fifteen minutes', async () => {
    const secret = await invited();
    later(15 * MINUTE);
    const enrolment = await request(await generateKeyPair(), secret);
    expect(await codeOf(officeOf().enrol({ secret, enrolment }))).toBe('CODE_INVALID');
  });

  it('cannot be guessed, nor left out, nor be another one than was signed; and trying ends soon', async () => {
    const [keys, guess] = [await generateKeyPair(), 'a'.repeat(26)];
    const office = officeOf();
    const secret = await invited();
    expect(await codeOf(office.enrol({ secret: guess, enrolment: await request(keys, guess) }))).toBe('CODE_INVALID');
    expect(await codeOf(office.enrol({ secret: null, enrolment: await request(keys, null) }))).toBe('FORBIDDEN');
    expect(await codeOf(office.enrol({ secret, enrolment: await request(keys, guess) }))).toBe('CODE_INVALID');
    const more = Array.from({ length: 4 }, async () =>
      codeOf(office.enrol({ secret: guess, enrolment: await request(keys, guess) })),
    );
    expect(await Promise.all(more)).toContain('RATE_LIMITED');
  });

  it('is given out by operators alone', async () => {
    expect(await codeOf(officeOf(CITY_A).invite(hashOfSecret('a'.repeat(26))))).toBe('FORBIDDEN');
    expect(await codeOf(officeOf(CITY_A).enrolments())).toBe('FORBIDDEN');
    expect(await codeOf(officeOf(CITY_A).propose(await inForce()))).toBe('FORBIDDEN');
  });

  it('lets nobody take a name that stands in the list', async () => {
    const secret = await invited();
    const enrolment = await request(await generateKeyPair(), secret, { id: CITY_A });
    expect(await codeOf(officeOf().enrol({ secret, enrolment }))).toBe('FORBIDDEN');
  });
});

describe('the log of the broker', () => {
  const entered = async (): Promise<LogEntry[]> => {
    const token = await accessToken({ ...identityOf(CITY_A), now: now() });
    const headers = { authorization: `Bearer ${token}` };
    const text = await (await fetch(`${space.federation.url()}/v1/node/audit`, { headers })).text();
    return (
      text
        .split('\n')
        .filter((line) => line.includes('"kind":"entry"'))
        .map((line) => LogEntry.parse(JSON.parse(JSON.parse(line).entry)))
        // Of the founding; not about who takes part.
        .filter(({ decision }) => decision !== 'agreements-published')
    );
  };

  it('tells who was invited, asked, was turned away and let in, without a code and without words of strangers', async () => {
    const secret = await invited();
    const [keys, stranger] = [await generateKeyPair(), await generateKeyPair()];
    const guess = 'a'.repeat(26);
    const words = { id: 'did:web:erika-musterfrau.example', name: 'Erika Musterfrau' };
    const wrong = await request(stranger, guess, words);
    expect(await codeOf(officeOf().enrol({ secret: guess, enrolment: wrong }))).toBe('CODE_INVALID');
    const enrolment = await request(keys, secret);
    await officeOf().enrol({ secret, enrolment });
    const { enrolment: asked } = await verifyEnrolment(enrolment, {
      ...{ trust: await openTrust(), audience: BROKER, realm: 'test', now: now() },
    });
    const draft = withEnrolment(await inForce(), asked, { now: now() });
    const trustList = await signedBy(draft, BROKER, USER);
    await officeOf().sendTrust({ trustList, timestamp: null });
    await officeOf().sendTrust({ trustList, timestamp: null });
    expect((await entered()).map(({ decision, codes, facts }) => ({ decision, codes, ...facts }))).toMatchObject([
      { decision: 'invitation-issued' },
      { decision: 'enrolment-refused', codes: ['CODE_INVALID'], request: contentHash(wrong) },
      { decision: 'enrolment-received', participant: NINTH, key: keys.kid, replaces: null },
      { decision: 'trust-list-taken', version: 2, list: contentHash(draft), admitted: 1, left: 0 },
      { decision: 'enrolment-admitted', participant: NINTH, key: keys.kid, version: 2 },
    ]);
    const text = JSON.stringify(await entered());
    for (const never of [secret, hashOfSecret(secret), guess, 'Musterfrau', 'erika']) expect(text).not.toContain(never);
  });

  it('tells of an invitation only when it is made', async () => {
    expect(await codeOf(officeOf(CITY_A).invite(hashOfSecret('a'.repeat(26))))).toBe('FORBIDDEN');
    expect(await entered()).toEqual([]);
  });

  it('tells of a list once, when two processes are brought it', async () => {
    const draft = withoutParticipant(await inForce(), CITY_B, { now: now() });
    const trustList = await signedBy(draft, BROKER, USER);
    const second = await space.federation.second();
    const identity = identityOf(CITY_A);
    const there = createOfficeClient({ baseUrl: second.url, identity, clock: now });
    await Promise.all([officeOf(), there].map((office) => office.sendTrust({ trustList, timestamp: null })));
    await second.close();
    expect((await entered()).map(({ decision }) => decision)).toEqual(['trust-list-taken']);
  });
});

describe('a trust list at the broker', () => {
  it('is in force with as many signatures as the one before demands, and not before', async () => {
    const draft = withoutParticipant(await inForce(), CITY_B, { now: now() });
    expect(await officeOf().propose(draft)).toMatchObject({ version: 2, signatures: 0, needed: 2 });
    expect(await officeOf().sign(await signedBy(draft, BROKER))).toMatchObject({ signatures: 1, published: false });
    expect(await officeOf().sign(await signedBy(draft, BROKER))).toMatchObject({ signatures: 1, published: false });
    expect((await inForce()).version).toBe(1);
    expect(await codeOf(officeOf(CITY_A).sign(await signedBy(draft, CITY_A)))).toBe('KEY_UNKNOWN');
    expect(await officeOf(USER).sign(await signedBy(draft, USER))).toMatchObject({ published: true });
    expect((await inForce()).version).toBe(2);
    expect(await codeOf(officeOf(CITY_B).draft())).toBe('UNAUTHENTICATED');
  });

  it('is told at once to a holder who waits for tasks, at another process too', async () => {
    const second = await space.federation.second();
    const identity = identityOf(CITY_A);
    const heard: number[] = [];
    const polls = [space.federation.url(), second.url].map((baseUrl) =>
      createBrokerClient({ baseUrl, identity, clock: now, onTrustVersion: (version) => heard.push(version) }).pollTasks(
        30,
      ),
    );
    await sleep(300);
    const started = performance.now();
    const trustList = await signedBy(withoutParticipant(await inForce(), CITY_B, { now: now() }), BROKER, USER);
    await officeOf().sendTrust({ trustList, timestamp: null });
    expect(await Promise.all(polls)).toEqual([[], []]);
    expect(heard).toEqual([2, 2]);
    expect(performance.now() - started).toBeLessThan(10_000);
    await second.close();
  });

  it('takes no signature for another draft than the one that lies there', async () => {
    const list = await inForce();
    await officeOf().propose(withoutParticipant(list, CITY_B, { now: now() }));
    const other = await signedBy(withoutParticipant(list, CITY_A, { now: now() }), BROKER);
    expect(await codeOf(officeOf().sign(other))).toBe('NOT_FOUND');
  });

  it('has no invented member: too few signatures are refused, also straight at the door', async () => {
    const list = await inForce();
    const { publicKey: key, kid } = await generateKeyPair();
    const [id, roles] = [NINTH, ['data-holder' as const]];
    const invented = withEnrolment(
      list,
      { id, name: 'Ninth', roles, key: { kid, key }, code: null, replaces: null, aud: BROKER, realm: 'test', iat: 0 },
      { now: now() },
    );
    const trustList = await signedBy(invented, BROKER);
    expect(await codeOf(officeOf().sendTrust({ trustList, timestamp: null }))).toBe('SIGNATURE_INVALID');
    expect((await inForce()).version).toBe(1);
  });

  it('stops the broker while it is stale, and lets it go on by itself', async () => {
    const { kid } = space.federation.member(CITY_A).keys;
    const second: TrustList = { ...withoutParticipant(await inForce(), CITY_B, { now: now() }), timestampers: [kid] };
    const trustList = await signedBy(second, BROKER, USER);
    const stamp = () => signTimestamp(second, space.federation.member(CITY_A).signer, now());
    await officeOf().sendTrust({ trustList, timestamp: null });
    expect(await codeOf(space.submit())).toBe('TRUST_STALE');
    const forged = await signTimestamp(second, space.federation.member(BROKER).signer, now());
    expect(await codeOf(officeOf().sendTrust({ trustList, timestamp: forged }))).toBe('KEY_UNKNOWN');
    expect(await codeOf(space.submit())).toBe('TRUST_STALE');
    await officeOf().sendTrust({ trustList, timestamp: await stamp() });
    expect(await codeOf(space.submit())).not.toBe('TRUST_STALE');
    await space.federation.restart();
    expect((await inForce()).version).toBe(2);
    expect(await codeOf(space.submit())).not.toBe('TRUST_STALE');
    later(61 * MINUTE);
    await officeOf().sendTrust({ trustList, timestamp: null });
    expect((await fetch(`${space.federation.url()}/health/ready`)).status).toBe(503);
  });
});
