/** Tokens that have verified: once is enough for a participant until its token or the trust list ends. */
import {
  accessToken,
  createSigner,
  generateKeyPair,
  openTrustList,
  signGeneral,
  verifyAccess,
} from '@revier/connector-sdk';
import { type CompactJws, type TrustList, timestampAt } from '@revier/schema';
import { beforeAll, expect, it } from 'vitest';
import { knownCaller } from './known-tokens.ts';

const NODE = 'did:web:node.example';
const BROKER = 'did:web:broker.example';
const start = Math.floor(Date.now() / 1000);
const at = (seconds: number): Date => new Date((start + seconds) * 1000);
const zoned = (seconds: number): string => timestampAt(at(seconds).getTime());

async function someTrust(lifetime = 3600) {
  const keys = await generateKeyPair();
  const list: TrustList = {
    kind: 'trust-list',
    realm: 'test',
    version: 1,
    issued: zoned(-60),
    expires: zoned(lifetime),
    threshold: 1,
    signers: [keys.kid],
    participants: [
      { id: NODE, name: 'node', roles: ['data-holder', 'data-user'], keys: [{ kid: keys.kid, key: keys.publicKey }] },
    ],
  };
  const jws = await signGeneral('revier-trust-list+jws', list, [keys.privateKey]);
  const trust = await openTrustList(jws, { pinnedSigners: [keys.kid], realm: 'test', now: at(0) });
  return { trust, signer: await createSigner(keys.privateKey) };
}

type Space = Awaited<ReturnType<typeof someTrust>>;
let space: Space;
beforeAll(async () => {
  space = await someTrust();
});

const tokenOf = ({ signer }: Space) => accessToken({ signer, iss: NODE, aud: BROKER, realm: 'test', now: at(0) });

/** Calls with a token at given seconds; tells how often it was verified. */
async function verifications({ trust }: Space, token: CompactJws, ...seconds: readonly number[]): Promise<number> {
  let count = 0;
  for (const second of seconds)
    await knownCaller(token, { trust, now: at(second) }, () => {
      count += 1;
      return verifyAccess(token, { trust, audience: BROKER, realm: 'test', now: at(second) });
    });
  return count;
}

it('is verified once for many calls', async () => {
  expect(await verifications(space, await tokenOf(space), 0, 1, 100, 299)).toBe(1);
});

it('is verified anew when it has ended, and then refused', async () => {
  const token = await tokenOf(space);
  expect(await verifications(space, token, 0, 301)).toBe(2);
  await expect(verifications(space, token, 0, 1000)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

it('is not known any longer than the trust list that knows its key', async () => {
  const brief = await someTrust(100);
  expect(await verifications(brief, await tokenOf(brief), 0, 50, 101)).toBe(2);
});

it('is not known because another one is, nor under another trust list', async () => {
  const [token, other] = [await tokenOf(space), await tokenOf(space)];
  expect(await verifications(space, token, 0)).toBe(1);
  expect(await verifications(space, other, 0)).toBe(1);
  const { trust } = await someTrust();
  await expect(verifications({ ...space, trust }, token, 0)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});
