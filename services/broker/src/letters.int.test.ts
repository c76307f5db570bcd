/** Letters: carried as they were signed, once, to one recipient, in order; and what of them everybody may see. */
import { accessToken, signApplication, signClosure, signDutyReport, signStatus } from '@revier/connector-sdk';
import { contentHash, digest } from '@revier/core';
import { DSP_CONTEXT, LogEntry, RegisterView, type StatusStatement } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROKER, REGISTER, USER } from './testing/data-space.case.ts';
import { applicationOf, type Correspondence, correspondence, newPids, offerTo } from './testing/letters.case.ts';
import { CITY_A, CITY_B, codeOf, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

const NOBODY = 'did:web:nobody.example';
const HASH = `sha256:${'0'.repeat(64)}`;
let space: TwoCities;
let post: Correspondence;
beforeAll(async () => {
  space = await startTwoCities({ keptLetters: 20 });
  post = correspondence(space.federation);
});
afterAll(() => space?.federation.close());

const context = { '@context': [DSP_CONTEXT] as [typeof DSP_CONTEXT] };
const status = (over: Partial<StatusStatement> = {}, by = CITY_A) =>
  signStatus(
    {
      ...{ kind: 'agreement-status', agreement: HASH, seq: 1, status: 'ACTIVE', by, realm: 'test' },
      ...{ at: '2026-01-01T00:00:00Z', ...over },
    },
    space.federation.member(by).signer,
  );
const viewOf = async (register = REGISTER): Promise<RegisterView> => {
  const reply = await fetch(`${space.federation.url()}/v1/registers/${encodeURIComponent(register)}`);
  return RegisterView.parse(await reply.json());
};
const stateAt = async (holder: string) => (await viewOf()).negotiations?.find((one) => one.holder === holder)?.state;

describe('a letter', () => {
  it('reaches its recipient as it was signed, once, and nobody else', async () => {
    const letter = await post.request(newPids());
    await post.client(USER).sendLetter(letter, CITY_A);
    await post.client(USER).sendLetter(letter, CITY_A);
    const [mine, ...more] = await post.client(CITY_A).letters(0, 0);
    expect(mine).toMatchObject({ seq: 1, from: USER, letter });
    expect(more).toEqual([]);
    expect(await post.client(CITY_B).letters(0, 0)).toEqual([]);
    expect(await post.client(USER).letters(0, 0)).toEqual([]);
    expect(await post.client(CITY_A).letters(1, 0)).toEqual([]);
  });

  it('wakes whoever waits for it', async () => {
    const waiting = post.client(USER).letters(0, 30);
    const began = performance.now();
    const letter = await status();
    await post.client(CITY_A).sendLetter(letter, USER);
    expect((await waiting).map((one) => one.letter)).toEqual([letter]);
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('comes in the order in which it was taken, numbered without gaps, also when many come at once', async () => {
    const reasons = Array.from({ length: 10 }, (_, at) => `reason ${at}`);
    const letters = await Promise.all(reasons.map((reason) => status({ reason }, CITY_B)));
    await Promise.all(letters.map((letter) => post.client(CITY_B).sendLetter(letter, USER)));
    const came = await post.client(USER).letters(1, 0);
    expect(came.map(({ seq }) => seq)).toEqual(letters.map((_, at) => at + 2));
    expect(came.map(({ letter }) => letter).sort()).toEqual([...letters].sort());
  });

  it('of every kind goes to those whom it concerns', async () => {
    const { signer } = space.federation.member(USER);
    const words = { register: REGISTER, realm: 'test', dataUser: USER, at: '2026-01-01T00:00:00Z' } as const;
    const closure = await signClosure({ kind: 'closure', application: HASH, reason: 'done', ...words }, signer);
    const duty = await signDutyReport(
      {
        ...{ kind: 'duty-report', agreement: HASH, duty: '#d1', realm: 'test', by: USER },
        ...{ evidence: 'doi:10.1000/1', doneAt: '2026-01-01T00:00:00Z' },
      },
      signer,
    );
    for (const letter of [closure, duty]) {
      expect(await codeOf(post.client(USER).sendLetter(letter, CITY_B))).toBeUndefined();
      expect(await codeOf(post.client(USER).sendLetter(letter, BROKER))).toBe('WRONG_AUDIENCE');
    }
    expect(await codeOf(post.client(CITY_A).sendLetter(await status(), CITY_B))).toBe('WRONG_AUDIENCE');
  });

  it('is not taken from somebody else, by another key, to nobody, to oneself, of another realm, or of another kind', async () => {
    const { member } = space.federation;
    const letter = await post.request(newPids());
    const send = (from: string, text: string, to = CITY_A) => codeOf(post.client(from).sendLetter(text, to));
    expect(await send(CITY_B, letter)).toBe('FORBIDDEN');
    expect(await send(USER, letter, CITY_B)).toBe('WRONG_AUDIENCE');
    expect(await send(USER, letter, NOBODY)).toBe('NOT_FOUND');
    expect(await send(CITY_A, await status({ by: CITY_B }), USER)).toBe('FORBIDDEN');
    expect(await send(CITY_A, await status({ realm: 'production' }), USER)).toBe('WRONG_REALM');
    expect(await send(USER, await signApplication(applicationOf(), member(USER).signer))).toBe('SIGNATURE_TYPE');
    const [header, payload, signature = ''] = letter.split('.');
    const other = signature.startsWith('A') ? 'B' : 'A';
    expect(await send(USER, [header, payload, `${other}${signature.slice(1)}`].join('.'))).toBe('SIGNATURE_INVALID');
    const self = await post.sign(CITY_A, CITY_A, {
      ...{ ...context, ...newPids() },
      '@type': 'ContractNegotiationTerminationMessage',
    });
    expect(await send(CITY_A, self)).toBe('FORBIDDEN');
  });

  it('stands in the log of the broker by kind, sender, recipient and digest', async () => {
    const letter = await status({ seq: 3 });
    await post.client(CITY_A).sendLetter(letter, USER);
    const { signer } = space.federation.member(CITY_A);
    const token = await accessToken({ signer, iss: CITY_A, aud: BROKER, realm: 'test', now: new Date() });
    const headers = { authorization: `Bearer ${token}` };
    const log = await (await fetch(`${space.federation.url()}/v1/node/audit`, { headers })).text();
    const entries = log.split('\n').filter((line) => line.includes('letter-carried'));
    expect(LogEntry.parse(JSON.parse(JSON.parse(entries.at(-1) ?? '').entry)).facts).toMatchObject({
      ...{ from: CITY_A, to: USER, kind: 'revier-status+jws', letter: digest(Buffer.from(letter)) },
    });
  });
});

describe('a register', () => {
  it('shows the words of its newest application, and how far each holder has come', async () => {
    const pids = newPids();
    await post.client(USER).sendLetter(await post.request(pids), CITY_A);
    expect(await viewOf()).toMatchObject({
      title: applicationOf().title,
      application: { hash: contentHash(applicationOf()), version: 1, aim: applicationOf().aim },
    });
    expect(await stateAt(CITY_A)).toBe('REQUESTED');
    expect(await stateAt(CITY_B)).toBeUndefined();
    const say = async (from: string, to: string, message: Parameters<typeof post.sign>[2]) =>
      post.client(from).sendLetter(await post.sign(from, to, message), to);
    await say(CITY_A, USER, { ...context, ...pids, '@type': 'ContractOfferMessage', offer: offerTo(CITY_A) });
    expect(await stateAt(CITY_A)).toBe('OFFERED');
    // A word that does not fit is carried, and changes nothing in public.
    const event = { ...context, ...pids, '@type': 'ContractNegotiationEventMessage' } as const;
    await say(CITY_A, USER, { ...event, eventType: 'FINALIZED' });
    expect(await stateAt(CITY_A)).toBe('OFFERED');
    await say(USER, CITY_A, { ...event, eventType: 'ACCEPTED' });
    expect(await stateAt(CITY_A)).toBe('ACCEPTED');
    // Another holder cannot end what is not its own.
    await say(CITY_B, USER, { ...context, ...pids, '@type': 'ContractNegotiationTerminationMessage', code: 'NO' });
    expect(await stateAt(CITY_A)).toBe('ACCEPTED');
  });

  it('keeps the newest version, whatever order they come in', async () => {
    const first = applicationOf();
    const second = applicationOf({ version: 2, replaces: contentHash(first), aim: 'More than before.' });
    await post.client(USER).sendLetter(await post.request(newPids(), second), CITY_A);
    await post.client(USER).sendLetter(await post.request(newPids(), first), CITY_A);
    expect((await viewOf()).application).toMatchObject({ version: 2, aim: 'More than before.' });
  });

  it('is there as soon as it is applied for, before anybody agrees', async () => {
    const register = 'urn:revier:register:brand-new';
    const application = applicationOf({ register });
    expect((await fetch(`${space.federation.url()}/v1/registers/${encodeURIComponent(register)}`)).status).toBe(404);
    await post.client(USER).sendLetter(await post.request(newPids(), application), CITY_A);
    expect(await viewOf(register)).toMatchObject({ id: register, expires: application.expires, agreements: [] });
  });
});

describe('a box', () => {
  it('that is full of letters of one sender is closed to that one only', async () => {
    const send = async (at: number) =>
      codeOf(post.client(CITY_B).sendLetter(await status({ reason: `more ${at}` }, CITY_B), USER));
    const outcomes: (string | undefined)[] = [];
    for (let at = 0; at < 20; at += 1) outcomes.push(await send(at));
    expect(outcomes[0]).toBeUndefined();
    expect(outcomes.at(-1)).toBe('RATE_LIMITED');
    expect(await codeOf(post.client(CITY_A).sendLetter(await status({ seq: 9 }), USER))).toBeUndefined();
  });
});
