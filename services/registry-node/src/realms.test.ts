/** Test and production never mix: at each place where something comes in, that of the other realm is refused, and demonstrations are no production. */
import {
  accessToken,
  createSigner,
  generateKeyPair,
  openTrustList,
  signDocument,
  signGeneral,
  type Trust,
  verifyAccess,
  verifyAgreement,
  verifyDataset,
  verifyFloor,
  verifyQuery,
} from '@revier/connector-sdk';
import { AppError, type DatasetDescription, type Floor, type TrustList, timestampAt } from '@revier/schema';
import { assertGuardsOn, crashPointAt } from '@revier/service-kit';
import { smallDatasets } from '@revier/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { holdDatasets } from './open-self.ts';
import { verifySubmission } from './rooms/gate.ts';
import { type SmallHouse, smallHouse } from './testing/house.case.ts';
import { seconds } from './testing/people.case.ts';

let small: SmallHouse;
beforeAll(async () => {
  small = await smallHouse();
});
const now = () => new Date();
const at = (offset: number): string => timestampAt(Date.now() + offset * 1000);

/** The code of whatever is thrown; refusals carry theirs as message. */
async function codeOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
    return 'accepted';
  } catch (error) {
    return error instanceof AppError ? error.code : error instanceof Error ? error.message : 'unknown';
  }
}

/** A trust list of one holder, signed by it. */
async function listOf(realm: TrustList['realm'], host: string) {
  const pair = await generateKeyPair();
  const id = `did:web:${host}`;
  const list: TrustList = {
    kind: 'trust-list',
    ...{ realm, version: 1, issued: at(-60), expires: at(3600), threshold: 1, signers: [pair.kid] },
    ...(realm === 'production' ? { timestampers: [pair.kid] } : {}),
    participants: [{ id, name: host, roles: ['data-holder'], keys: [{ kid: pair.kid, key: pair.publicKey }] }],
  };
  const jws = await signGeneral('revier-trust-list+jws', list, [pair.privateKey]);
  const open = (expected = realm): Promise<Trust> =>
    openTrustList(jws, { pinnedSigners: [pair.kid], realm: expected, now: now() });
  return { id, signer: await createSigner(pair.privateKey), open };
}

function description(change: Partial<DatasetDescription>): DatasetDescription {
  const [first] = smallDatasets;
  if (first === undefined) throw new Error('no dataset');
  return { ...first, ...change };
}
const floor = (holder: string, realm: Floor['realm']): Floor => ({
  ...{ kind: 'floor', holder, realm, minCellSize: 5, publicDatasets: [], maxDimensions: 5, maxCells: 1000 },
});

const asked = (realm: 'test' | 'production', who: 'envelope' | 'credential') => async () => {
  const { signedQuery } = await small.ask({ [who]: { realm } });
  const { trust, broker } = small.parties;
  await verifyQuery(signedQuery, { trust, realm: 'test', audience: broker.id, now: now() });
};

/** Place, code, attempt; where it says so, the same in its own realm is accepted. */
const places: [string, string, () => unknown][] = [
  ['a trust list', 'WRONG_REALM', async () => (await listOf('test', 'clinic.de')).open('production')],
  ['a trust list, its own realm', 'accepted', async () => (await listOf('production', 'clinic.de')).open()],
  ['a key of a demonstration', 'FORBIDDEN', async () => (await listOf('production', 'clinic.example')).open()],
  ['a key of this machine', 'FORBIDDEN', async () => (await listOf('production', 'a.localhost')).open()],
  ['a key of a demonstration in test', 'accepted', async () => (await listOf('test', 'clinic.example')).open()],
  [
    'a floor',
    'WRONG_REALM',
    async () => {
      const { id, signer, open } = await listOf('production', 'clinic.de');
      await verifyFloor(await signDocument(floor(id, 'test'), signer), { trust: await open(), now: now() });
    },
  ],
  [
    'a description',
    'WRONG_REALM',
    async () => {
      const { id, signer, open } = await listOf('production', 'clinic.de');
      const signed = await signDocument(description({ holder: id, realm: 'test' }), signer);
      await verifyDataset(signed, { trust: await open(), now: now() });
    },
  ],
  [
    'invented data',
    'FORBIDDEN',
    async () => {
      const { id, signer, open } = await listOf('production', 'clinic.de');
      const signed = await signDocument(description({ holder: id, realm: 'production', synthetic: true }), signer);
      await verifyDataset(signed, { trust: await open(), now: now() });
    },
  ],
  [
    'real data, its own realm',
    'accepted',
    async () => {
      const { id, signer, open } = await listOf('production', 'clinic.de');
      const signed = await signDocument(description({ holder: id, realm: 'production', synthetic: false }), signer);
      await verifyDataset(signed, { trust: await open(), now: now() });
    },
  ],
  ['a query', 'WRONG_REALM', asked('production', 'envelope')],
  ['a credential', 'WRONG_REALM', asked('production', 'credential')],
  ['a query and its credential, its own realm', 'accepted', asked('test', 'envelope')],
  [
    'an access token',
    'UNAUTHENTICATED',
    async () => {
      const { parties } = small;
      const { signer, id: iss } = parties.holder('registry');
      const token = await accessToken({ signer, iss, aud: parties.broker.id, realm: 'production', now: now() });
      await verifyAccess(token, { trust: parties.trust, audience: parties.broker.id, realm: 'test', now: now() });
    },
  ],
  [
    'an agreement',
    'WRONG_REALM',
    async () => {
      const { parties, agreement } = small;
      const both = [parties.holder('registry').privateKey, parties.university.privateKey];
      const other = { ...agreement.agreement, 'rv:realm': 'production' };
      await verifyAgreement(await signGeneral('revier-agreement+jws', other, both), parties.trust, now());
    },
  ],
  [
    'a task',
    'WRONG_REALM',
    async () => {
      const task = small.task(await small.ask(), { realm: 'production', iat: seconds() });
      await verifySubmission(task, small.queryOf(task), small.house.self);
    },
  ],
  ['a crash point', 'FORBIDDEN', () => crashPointAt('after-sql', 'production')],
  ['a build with guards off', 'FORBIDDEN', () => assertGuardsOn('production')],
  ['a build with guards on', 'accepted', () => assertGuardsOn('production', {})],
];

describe('what mixes the realms', () => {
  it.each(places)('%s: %s', async (_place, code, attempt) => {
    expect(await codeOf(attempt)).toBe(code);
  });

  it('is refused when a node opens its own data, too', () => {
    const held = (change: Partial<DatasetDescription>) => () =>
      holdDatasets({
        ...{ participant: 'did:web:registry.example', realm: 'production' },
        datasets: [
          {
            description: description(change),
            source: { aggregate: () => Promise.reject(), close: async () => undefined },
          },
        ],
      });
    const own = { holder: 'did:web:registry.example', realm: 'production', synthetic: false } as const;
    expect(held({ ...own, realm: 'test' })).toThrow(/realm/);
    expect(held({ ...own, synthetic: true })).toThrow(/Synthetic/);
    expect(held(own)).not.toThrow();
  });
});
