/** A small realm for tests: real keys, a signed trust list, a researcher with a credential, a question. */
import { randomUUID } from 'node:crypto';
import {
  type Agreement,
  type Credential,
  type Floor,
  type GeneralJws,
  type Participant,
  type ParticipantRole,
  PROFILE,
  type QuestionInput,
  type Table,
  type TrustList,
} from '@revier/schema';
import { signCredential } from './credential.ts';
import { signGeneral } from './general.ts';
import { createSigner, generateKeyPair, type KeyPair, type Signer } from './keys.ts';
import { type QueryToSign, signQuery } from './query.ts';
import { openTrustList, type Trust } from './trust.ts';

export const NOW = new Date('2026-03-01T12:00:00Z');
export const SECONDS = NOW.getTime() / 1000;
export const BROKER = 'did:web:broker.example';
export const REGISTER = 'urn:revier:register:cancer-ruhr';
export const HASH = `sha256:${'a'.repeat(64)}`;

export interface Actor {
  readonly id: string;
  readonly keys: KeyPair;
  readonly signer: Signer;
  readonly participant: Participant;
}

export async function actor(name: string, ...roles: ParticipantRole[]): Promise<Actor> {
  const keys = await generateKeyPair();
  const id = `did:web:${name}.example`;
  const participant = { id, name, roles, keys: [{ kid: keys.kid, key: keys.publicKey }] };
  return { id, keys, signer: await createSigner(keys.privateKey), participant };
}

export interface World {
  readonly broker: Actor;
  readonly holder: Actor;
  readonly university: Actor;
  readonly otherUniversity: Actor;
  readonly list: TrustList;
  readonly signedList: GeneralJws;
  readonly trust: Trust;
}

export async function world(): Promise<World> {
  const broker = await actor('broker', 'broker');
  const holder = await actor('holder', 'data-holder');
  const university = await actor('university', 'data-user');
  const otherUniversity = await actor('other', 'data-user');
  const list = trustList([holder], [broker, holder, university, otherUniversity]);
  const signedList = await signGeneral('revier-trust-list+jws', list, [holder.keys.privateKey]);
  const trust = await openTrustList(signedList, { pinnedSigners: [holder.keys.kid], now: NOW, realm: 'test' });
  return { broker, holder, university, otherUniversity, list, signedList, trust };
}

export const trustList = (
  signers: readonly Actor[],
  all: readonly Actor[],
  more: Partial<TrustList> = {},
): TrustList => ({
  kind: 'trust-list',
  realm: 'test',
  version: 1,
  issued: '2026-02-01T00:00:00Z',
  expires: '2026-06-01T00:00:00Z',
  threshold: signers.length,
  signers: signers.map(({ keys }) => keys.kid),
  participants: all.map(({ participant }) => participant),
  ...more,
});

export interface Researcher {
  readonly keys: KeyPair;
  readonly signer: Signer;
  readonly credential: string;
}

export async function researcher(org: Actor, more: Partial<Credential> = {}, signedBy = org): Promise<Researcher> {
  const keys = await generateKeyPair();
  const credential: Credential = {
    iss: org.id,
    sub: 'r17',
    key: keys.publicKey,
    roles: ['researcher'],
    registers: [REGISTER],
    realm: 'test',
    iat: SECONDS - 86_400,
    exp: SECONDS + 86_400,
    ...more,
  };
  const signer = await createSigner(keys.privateKey);
  return { keys, signer, credential: await signCredential(credential, signedBy.signer) };
}

export const question: QuestionInput = {
  register: REGISTER,
  purpose: 'ehds:HealthcareScientificResearch',
  aggregates: { cases: { model: 'cancer-case/1', count: 'cases', where: [{ variable: 'sex', in: ['m', 'f'] }] } },
  by: [{ variable: 'year' }, { variable: 'area' }],
};

export const envelope = (more: Partial<QueryToSign> = {}) => ({
  question,
  agreements: [HASH],
  catalogue: HASH,
  lookups: {},
  realm: 'test' as const,
  iss: 'r17',
  aud: BROKER,
  jti: randomUUID(),
  iat: SECONDS,
  exp: SECONDS + 600,
  ...more,
});

export const signedQuery = ({ signer, credential }: Researcher, more: Partial<QueryToSign> = {}) =>
  signQuery({ ...envelope(more), signer, credential });

const table: Table = {
  model: 'cancer-case/1',
  by: [],
  margins: false,
  coverage: [],
  measures: [{ kind: 'count', unit: 'cases', where: [] }],
};

export const agreement = (assigner: string, assignee: string): Agreement => ({
  '@context': ['http://www.w3.org/ns/odrl.jsonld', 'urn:revier:ctx:1'],
  '@type': 'Agreement',
  '@id': 'urn:uuid:7f0e0a3e-9a1c-4d0e-8a53-0a9c5e1f2b3d',
  profile: PROFILE,
  conflict: 'prohibit',
  timestamp: '2026-02-01T00:00:00Z',
  assigner,
  assignee,
  target: 'urn:revier:dataset:cancer',
  'rv:register': REGISTER,
  'rv:realm': 'test',
  'rv:version': 1,
  'rv:purposeScheme': HASH,
  'rv:legalBasis': 'EHDS',
  'rv:dataModels': {},
  'rv:codeLists': {},
  'rv:lookups': {},
  'rv:standards': {},
  'rv:lattice': [table],
  permission: [{ '@id': '#p1', action: 'rv:aggregate', constraint: [] }],
  prohibition: [{ '@id': '#x1', action: 'rv:reidentify', constraint: [] }],
});

export const floor = (holder: string): Floor => ({
  kind: 'floor',
  holder,
  realm: 'test',
  minCellSize: 5,
  publicDatasets: [],
  maxDimensions: 4,
  maxCells: 10_000,
});
