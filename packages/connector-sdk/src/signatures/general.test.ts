/** Several signatures over one payload: all of them count, or none. */
import type { GeneralJws } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addSignature, signGeneral, verifyGeneral } from './general.ts';
import { generateKeyPair } from './keys.ts';

const KIND = 'revier-agreement+jws';
const Letter = z.strictObject({ n: z.int() });
const [a, b, stranger] = [await generateKeyPair(), await generateKeyPair(), await generateKeyPair()];
const known = new Map([a, b].map(({ kid, publicKey }) => [kid, publicKey]));
const open = (jws: GeneralJws) => verifyGeneral(jws, KIND, Letter, (kid) => known.get(kid));
const isRefused = (attempt: Promise<unknown>, code: string) => expect(attempt).rejects.toMatchObject({ code });

describe('several signatures', () => {
  it('all verify, made together or one after the other', async () => {
    const together = await signGeneral(KIND, { n: 1 }, [a.privateKey, b.privateKey]);
    expect(await open(together)).toEqual({ payload: { n: 1 }, kids: [a.kid, b.kid] });
    const first = await signGeneral(KIND, { n: 1 }, [a.privateKey]);
    expect(await addSignature(first, KIND, b.privateKey)).toEqual(together);
  });

  it('are refused whole when one of them is bad', async () => {
    const good = await signGeneral(KIND, { n: 1 }, [a.privateKey, b.privateKey]);
    const other = await signGeneral(KIND, { n: 2 }, [b.privateKey]);
    const mixed = { ...good, signatures: [...good.signatures.slice(0, 1), ...other.signatures] };
    await isRefused(open(mixed), 'SIGNATURE_INVALID');
    await isRefused(open({ ...mixed, signatures: mixed.signatures.toReversed() }), 'SIGNATURE_INVALID');
  });

  it('are refused when a stranger is among them', async () => {
    await isRefused(open(await signGeneral(KIND, { n: 1 }, [a.privateKey, stranger.privateKey])), 'KEY_UNKNOWN');
  });

  it('do not count twice', async () => {
    const one = await signGeneral(KIND, { n: 1 }, [a.privateKey]);
    await isRefused(open({ ...one, signatures: [...one.signatures, ...one.signatures] }), 'SIGNATURE_INVALID');
    await isRefused(addSignature(one, KIND, a.privateKey), 'SIGNATURE_INVALID');
  });

  it('are of one kind', async () => {
    const one = await signGeneral(KIND, { n: 1 }, [a.privateKey]);
    const other = await signGeneral('revier-trust-list+jws', { n: 1 }, [b.privateKey]);
    await isRefused(open({ ...one, signatures: [...one.signatures, ...other.signatures] }), 'SIGNATURE_TYPE');
    await isRefused(addSignature(other, KIND, a.privateKey), 'SIGNATURE_TYPE');
  });

  it('carry no unprotected header', async () => {
    const one = await signGeneral(KIND, { n: 1 }, [a.privateKey]);
    const signatures = one.signatures.map((signature) => ({ ...signature, header: { jwk: stranger.publicKey } }));
    await isRefused(open({ ...one, signatures }), 'INVALID_REQUEST');
  });

  it('are not put under what is not canonical', async () => {
    const one = await signGeneral(KIND, { n: 1 }, [a.privateKey]);
    const payload = Buffer.from('{"n":1,"n":2}').toString('base64url');
    await isRefused(addSignature({ ...one, payload }, KIND, b.privateKey), 'NOT_CANONICAL');
  });

  it('do not make a payload readable that is too large', async () => {
    const payload = 'A'.repeat(9_000_000);
    await isRefused(open({ payload, signatures: [] }), 'BODY_TOO_LARGE');
  });
});
