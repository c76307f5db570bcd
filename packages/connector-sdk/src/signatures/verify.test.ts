/** Compact signatures and keys: every change, other spelling or foreign algorithm is refused. */
import { canonicalText } from '@revier/core';
import type { SignatureKind } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { forge, forgeHmac, unsigned } from './forgery.case.ts';
import { claimedKind } from './header.ts';
import { createSigner, generateKeyPair, keyIdOf } from './keys.ts';
import { verifyCompact } from './verify.ts';

const KIND: SignatureKind = 'revier-receipt+jws';
const Letter = z.strictObject({ n: z.number(), text: z.string().default('nothing') });
const letter = { n: 1, text: 'hello' };

const keys = await generateKeyPair();
const stranger = await generateKeyPair();
const signer = await createSigner(keys.privateKey);
const { kid } = keys;
const resolve = (asked: string) => (asked === kid ? keys.publicKey : undefined);
const header = (more: Record<string, unknown> = {}) => canonicalText({ alg: 'EdDSA', kid, typ: KIND, ...more });
const open = (jws: string) => verifyCompact(jws, KIND, Letter, resolve);
const forged = (payload: string | Uint8Array) => open(forge(header(), payload, keys.privateKey));

const isRefused = (attempt: Promise<unknown>, code: string) => expect(attempt).rejects.toMatchObject({ code });

describe('keys', () => {
  it('names a key as RFC 8037 appendix A.3 does', async () => {
    const key = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' } as const;
    expect(await keyIdOf(key)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('signs as RFC 8032 does: the same bytes, the same signature', async () => {
    expect(await signer.sign(KIND, letter)).toBe(forge(header(), canonicalText(letter), keys.privateKey));
  });

  it('takes nothing but an Ed25519 private key', async () => {
    await isRefused(createSigner(keys.publicKey), 'INVALID_REQUEST');
    await isRefused(createSigner({ ...keys.privateKey, crv: 'X25519' }), 'INVALID_REQUEST');
  });

  it('signs nothing that has no canonical form, or that nobody would verify', async () => {
    await expect(async () => signer.sign(KIND, { n: Number.NaN })).rejects.toMatchObject({ code: 'NOT_CANONICAL' });
    await expect(async () => signer.sign(KIND, { text: '\ud800' })).rejects.toMatchObject({ code: 'NOT_CANONICAL' });
    await expect(async () => signer.sign(KIND, 'x'.repeat(100_000))).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  });
});

describe('a compact signature', () => {
  it('gives back what was signed', async () => {
    const property = fc.asyncProperty(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
      async (n, text) => {
        expect(await open(await signer.sign(KIND, { n, text }))).toEqual({ n: n + 0, text });
      },
    );
    await fc.assert(property, { numRuns: 50 });
  });

  it('refuses every change of a single character', async () => {
    const jws = await signer.sign(KIND, letter);
    const property = fc.asyncProperty(fc.nat(jws.length - 1), fc.constantFrom(...'AQgw_-.9z'), async (at, other) => {
      fc.pre(jws[at] !== other);
      await expect(open(jws.slice(0, at) + other + jws.slice(at + 1))).rejects.toHaveProperty('name', 'AppError');
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('refuses the other spellings of the same signature', async () => {
    const jws = await signer.sign(KIND, letter);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(jws.slice(-1));
    await isRefused(open(jws.slice(0, -1) + alphabet[last + 1]), 'NOT_CANONICAL');
  });

  it('refuses alg none, with and without a signature', async () => {
    const none = canonicalText({ alg: 'none', kid, typ: KIND });
    await isRefused(open(unsigned(none, canonicalText(letter))), 'SIGNATURE_INVALID');
    await isRefused(open(unsigned(none, canonicalText(letter), '')), 'SIGNATURE_INVALID');
  });

  it('refuses a MAC with the public key as its secret', async () => {
    const jws = forgeHmac(canonicalText({ alg: 'HS256', kid, typ: KIND }), canonicalText(letter), keys.publicKey.x);
    await isRefused(open(jws), 'SIGNATURE_INVALID');
    await isRefused(open(forgeHmac(header(), canonicalText(letter), keys.publicKey.x)), 'SIGNATURE_INVALID');
  });

  it('refuses the other name of the same algorithm, so that a header has one form', async () => {
    const jws = forge(header({ alg: 'Ed25519' }), canonicalText(letter), keys.privateKey);
    await isRefused(open(jws), 'SIGNATURE_INVALID');
  });

  it('refuses a key that the verifier does not know, and one that is claimed for another', async () => {
    const own = await createSigner(stranger.privateKey);
    await isRefused(open(await own.sign(KIND, letter)), 'KEY_UNKNOWN');
    await isRefused(open(forge(header(), canonicalText(letter), stranger.privateKey)), 'SIGNATURE_INVALID');
  });

  it.each([
    ['jwk', stranger.publicKey],
    ['jku', 'https://evil.example/keys'],
    ['x5c', ['MIIB']],
    ['crit', ['exp']],
    ['b64', false],
    ['cty', 'json'],
  ])('refuses a header with %s, although the signature verifies', async (name, value) => {
    const jws = forge(header({ [name]: value }), canonicalText(letter), keys.privateKey);
    await isRefused(open(jws), 'SIGNATURE_INVALID');
  });

  it('refuses a key of small order, under which one signature would fit every message', async () => {
    const identity = {
      kty: 'OKP',
      crv: 'Ed25519',
      x: Buffer.from([1, ...Array(31).fill(0)]).toString('base64url'),
    } as const;
    const weak = await keyIdOf(identity);
    const signature = Buffer.from([1, ...Array(63).fill(0)]).toString('base64url');
    const jws = unsigned(header({ kid: weak }), canonicalText(letter), signature);
    await isRefused(
      verifyCompact(jws, KIND, Letter, () => identity),
      'SIGNATURE_INVALID',
    );
  });

  it('refuses another kind', async () => {
    await isRefused(open(await signer.sign('revier-task+jws', letter)), 'SIGNATURE_TYPE');
    await isRefused(open(forge(header({ typ: `${KIND} ` }), canonicalText(letter), keys.privateKey)), 'SIGNATURE_TYPE');
    await isRefused(open(forge(header({ typ: 'JWT' }), canonicalText(letter), keys.privateKey)), 'SIGNATURE_TYPE');
  });

  it.each([
    ['in another order', `{"kid":"${kid}","alg":"EdDSA","typ":"${KIND}"}`],
    ['with spaces', `{ "alg":"EdDSA","kid":"${kid}","typ":"${KIND}"}`],
    ['with a key twice', `{"alg":"none","alg":"EdDSA","kid":"${kid}","typ":"${KIND}"}`],
    ['with an escaped letter', `{"\\u0061lg":"EdDSA","kid":"${kid}","typ":"${KIND}"}`],
    ['that is no JSON', 'EdDSA'],
  ])('refuses a header %s', (_name, text) =>
    isRefused(open(forge(text, canonicalText(letter), keys.privateKey)), 'NOT_CANONICAL'),
  );

  it.each([
    ['with spaces', '{"n": 1,"text":"a"}'],
    ['in another order', '{"text":"a","n":1}'],
    ['with a key twice', '{"n":1,"n":1,"text":"a"}'],
    ['with a number beyond 2^53', '{"n":9007199254740993,"text":"a"}'],
    ['with a number spelt otherwise', '{"n":1.0,"text":"a"}'],
    ['with an escaped lone surrogate', '{"n":1,"text":"\\ud800"}'],
    ['with a byte order mark', '\ufeff{"n":1,"text":"a"}'],
    ['that is no JSON', 'hello'],
    ['that leaves out a default', '{"n":1}'],
  ])('refuses a payload %s', (_name, payload) => isRefused(forged(payload), 'NOT_CANONICAL'));

  it('refuses bytes that are no UTF-8, such as a surrogate in three bytes', async () => {
    const start = Buffer.from('{"n":1,"text":"');
    const end = Buffer.from('"}');
    await isRefused(forged(Buffer.concat([start, Buffer.from([0xed, 0xa0, 0x80]), end])), 'NOT_CANONICAL');
    await isRefused(forged(Buffer.concat([start, Buffer.from([0xff]), end])), 'NOT_CANONICAL');
  });

  it('refuses what does not fit the schema, and tells where', async () => {
    await expect(forged('{"n":"1","text":"a"}')).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      options: { errors: [{ pointer: '/n' }] },
    });
    await isRefused(forged('{"admin":true,"n":1,"text":"a"}'), 'INVALID_REQUEST');
    await isRefused(forged('{"__proto__":{"admin":true},"n":1,"text":"a"}'), 'INVALID_REQUEST');
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });

  it('refuses __proto__ also where a record would take any key and silently drop this one', async () => {
    const Record = z.strictObject({ all: z.record(z.string(), z.int()) });
    const jws = forge(header(), '{"all":{"__proto__":1,"a":2}}', keys.privateKey);
    await isRefused(verifyCompact(jws, KIND, Record, resolve), 'NOT_CANONICAL');
  });

  it('refuses ten megabytes before doing any work', async () => {
    const jws = `${await signer.sign(KIND, letter)}${'A'.repeat(10_000_000)}`;
    let asked = false;
    const begun = performance.now();
    const attempt = verifyCompact(jws, KIND, Letter, () => {
      asked = true;
      return undefined;
    });
    await isRefused(attempt, 'BODY_TOO_LARGE');
    expect(performance.now() - begun).toBeLessThan(50);
    expect(asked).toBe(false);
  });

  it.each(['', '.', '..', 'a.b', 'a.b.c.d', 'ä.b.c', `${'a'.repeat(3000)}.b.c`])('refuses %s', async (text) => {
    await expect(open(text)).rejects.toHaveProperty('name', 'AppError');
    expect(() => claimedKind(text)).toThrow();
  });

  it('tells the kind that is claimed', async () => {
    expect(claimedKind(await signer.sign(KIND, letter))).toBe(KIND);
    expect(() => claimedKind(forge(header({ typ: 'JWT' }), '{}', keys.privateKey))).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_TYPE' }),
    );
  });
});
