/** Signed queries: canonical, for one audience, in one realm and window, by the person whom the credential names. */
import { canonicalQuestion, contentHash, digest } from '@revier/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BROKER,
  envelope,
  NOW,
  question,
  REGISTER,
  type Researcher,
  researcher,
  SECONDS,
  signedQuery,
  type World,
  world,
} from './actors.case.ts';
import { queryDigest, type VerifyQueryOptions, verifyQuery } from './query.ts';

let w: World;
let erika: Researcher;
beforeAll(async () => {
  w = await world();
  erika = await researcher(w.university);
});

const verify = (signed: Parameters<typeof verifyQuery>[0], more: Partial<VerifyQueryOptions> = {}) =>
  verifyQuery(signed, { trust: w.trust, audience: BROKER, realm: 'test', now: NOW, ...more });
const isRefused = (attempt: Promise<unknown>, code: string) => expect(attempt).rejects.toMatchObject({ code });
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

describe('a signed query', () => {
  it('tells who asks what', async () => {
    const jti = '7f0e0a3e-9a1c-4d0e-8a53-0a9c5e1f2b3d';
    const verified = await verify(await signedQuery(erika, { jti }));
    expect(verified.person).toBe('did:web:university.example#r17');
    expect(verified.envelope.question).toEqual(canonicalQuestion(question));
    expect(verified.credential.registers).toEqual([REGISTER]);
    expect(verified.submissionId).toBe(contentHash({ iss: 'r17', jti, org: 'did:web:university.example' }));
  });

  it('is another submission when another person of the same pseudonym sends the same number', async () => {
    const elsewhere = await researcher(w.otherUniversity);
    const jti = '7f0e0a3e-9a1c-4d0e-8a53-0a9c5e1f2b3d';
    const [one, two] = [
      await verify(await signedQuery(erika, { jti })),
      await verify(await signedQuery(elsewhere, { jti })),
    ];
    expect(one.submissionId).not.toBe(two.submissionId);
    expect(one.person).not.toBe(two.person);
  });

  it('is brought into its canonical form before it is signed', async () => {
    const reversed = { ...question, by: [...(question.by ?? [])].reverse() };
    const [one, two] = [
      await verify(await signedQuery(erika)),
      await verify(await signedQuery(erika, { question: reversed })),
    ];
    expect(contentHash(one.envelope.question)).toBe(contentHash(two.envelope.question));
  });

  it('is refused when its question is not canonical, although it is signed well', async () => {
    const canonical = canonicalQuestion(question);
    const unsorted = { ...canonical, by: [...canonical.by].reverse() };
    const query = await erika.signer.sign('revier-query+jws', { ...envelope(), question: unsorted });
    await isRefused(verify({ query, credential: erika.credential }), 'NOT_CANONICAL');
    const bare = await erika.signer.sign('revier-query+jws', { ...envelope(), question });
    await isRefused(verify({ query: bare, credential: erika.credential }), 'NOT_CANONICAL');
  });

  it('names its agreements in order, each once, and is refused otherwise', async () => {
    const [a, b] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
    const verified = await verify(await signedQuery(erika, { agreements: [b, a, b] }));
    expect(verified.envelope.agreements).toEqual([a, b]);
    for (const agreements of [
      [b, a],
      [a, a, b],
    ]) {
      const payload = { ...envelope(), question: canonicalQuestion(question), agreements };
      const query = await erika.signer.sign('revier-query+jws', payload);
      await isRefused(verify({ query, credential: erika.credential }), 'NOT_CANONICAL');
    }
  });

  it('is named by the digest of its text, which another signature over the same words changes', async () => {
    const { query } = await signedQuery(erika);
    expect(queryDigest(query)).toBe(digest(new TextEncoder().encode(query)));
    expect(queryDigest(`${query.slice(0, -1)}${query.endsWith('A') ? 'B' : 'A'}`)).not.toBe(queryDigest(query));
  });

  it('reaches whom it is meant for', async () => {
    await isRefused(verify(await signedQuery(erika, { aud: 'did:web:evil.example' })), 'WRONG_AUDIENCE');
    const audience = ['did:web:second.example', BROKER];
    expect((await verify(await signedQuery(erika), { audience })).envelope.aud).toBe(BROKER);
    await isRefused(verify(await signedQuery(erika), { audience: [] }), 'WRONG_AUDIENCE');
  });

  it('stays in its realm', async () => {
    await isRefused(verify(await signedQuery(erika, { realm: 'production' })), 'WRONG_REALM');
    await isRefused(verify(await signedQuery(erika), { realm: 'production' }), 'WRONG_REALM');
    const production = await researcher(w.university, { realm: 'production' });
    await isRefused(verify(await signedQuery(production)), 'WRONG_REALM');
  });

  it('is valid in its window, two minutes of clock difference allowed', async () => {
    const query = await signedQuery(erika, { iat: SECONDS, exp: SECONDS + 600 });
    for (const seconds of [-120, 0, 600, 719])
      expect((await verify(query, { now: later(seconds) })).person).toBeTruthy();
    for (const seconds of [-121, 720, 100_000])
      await expect(verify(query, { now: later(seconds) })).rejects.toHaveProperty('name', 'AppError');
    await isRefused(verify(query, { now: later(-121) }), 'EXPIRED');
    await isRefused(verify(query, { now: later(720) }), 'EXPIRED');
    await isRefused(verify(query, { now: later(600), skewSeconds: 0 }), 'EXPIRED');
  });

  it('is valid for an hour at most, and not the other way round', async () => {
    expect((await verify(await signedQuery(erika, { exp: SECONDS + 3600 }))).person).toBeTruthy();
    await isRefused(verify(await signedQuery(erika, { exp: SECONDS + 3601 })), 'EXPIRED');
    await isRefused(verify(await signedQuery(erika, { iat: SECONDS + 60, exp: SECONDS + 30 })), 'EXPIRED');
  });

  it('is not believed when the trust list has run out meanwhile', async () => {
    const now = new Date('2026-06-02T00:00:00Z');
    await isRefused(verify(await signedQuery(erika), { now }), 'EXPIRED');
  });
});

describe('the credential', () => {
  it('must come from the organisation that it names', async () => {
    const forged = await researcher(w.university, {}, w.otherUniversity);
    await isRefused(verify(await signedQuery(forged)), 'CREDENTIAL_INVALID');
  });

  it.each(['broker', 'holder'] as const)('cannot be made by the %s, which is no data user', async (who) => {
    const forged = await researcher(w[who]);
    await isRefused(verify(await signedQuery(forged)), 'CREDENTIAL_INVALID');
    const inAnotherName = await researcher(w.university, {}, w[who]);
    await isRefused(verify(await signedQuery(inAnotherName)), 'CREDENTIAL_INVALID');
  });

  it('vouches for one key: nobody else signs with it', async () => {
    const thief = await researcher(w.otherUniversity);
    const query = await thief.signer.sign('revier-query+jws', { ...envelope(), question: canonicalQuestion(question) });
    await isRefused(verify({ query, credential: erika.credential }), 'KEY_UNKNOWN');
  });

  it('vouches for no organisation key either', async () => {
    const query = await w.university.signer.sign('revier-query+jws', {
      ...envelope(),
      question: canonicalQuestion(question),
    });
    await isRefused(verify({ query, credential: erika.credential }), 'KEY_UNKNOWN');
  });

  it('is for one person', async () => {
    await isRefused(verify(await signedQuery(erika, { iss: 'r18' })), 'CREDENTIAL_INVALID');
  });

  it('is for its registers', async () => {
    const other = await researcher(w.university, { registers: ['urn:revier:register:school'] });
    await isRefused(verify(await signedQuery(other)), 'CREDENTIAL_INVALID');
  });

  it('runs out and begins', async () => {
    const over = await researcher(w.university, { iat: SECONDS - 5000, exp: SECONDS - 1000 });
    await isRefused(verify(await signedQuery(over)), 'CREDENTIAL_INVALID');
    const early = await researcher(w.university, { iat: SECONDS + 1000, exp: SECONDS + 5000 });
    await isRefused(verify(await signedQuery(early)), 'CREDENTIAL_INVALID');
  });

  it('cannot be replaced by another signed object of the organisation', async () => {
    const other = await w.university.signer.sign('revier-document+jws', { iss: w.university.id });
    const { query } = await signedQuery(erika);
    await isRefused(verify({ query, credential: other }), 'CREDENTIAL_INVALID');
  });
});
