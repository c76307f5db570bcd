/** A data space of N holders, with real keys, a signed trust list and signed agreements, ready to be asked. */
import {
  createSigner,
  generateKeyPair,
  type KeyPair,
  type Signer,
  signCredential,
  signDocument,
  signGeneral,
  signQuery,
} from '@revier/connector-sdk';
import { contentHash, type PlanTask, purposeSchemeHash } from '@revier/core';
import type { Agreement, CompactJws, GeneralJws, Participant, SignedQuery, TrustList } from '@revier/schema';
import { bodyOf, type ManyHolders, manyHolders, REGISTER } from '../many-holders.ts';
import type { CrowdNode } from './crowd-words.ts';

export const BROKER = 'did:web:broker.example';
export const USER = 'did:web:university.example';
const PERSON = 'r1';

export interface SignedDataset {
  readonly hash: string;
  readonly id: string;
  readonly holder: string;
  readonly jws: CompactJws;
}

export interface SignedAgreement {
  readonly hash: string;
  readonly dataset: string;
  readonly holder: string;
  readonly jws: GeneralJws;
}

export interface DataSpace {
  readonly holders: ManyHolders;
  readonly broker: KeyPair;
  readonly trustList: GeneralJws;
  readonly datasets: readonly SignedDataset[];
  readonly agreements: readonly SignedAgreement[];
  /** What the simulated nodes need to know. */
  readonly nodes: readonly CrowdNode[];
  /** One submission more of the same question. */
  readonly sign: (catalogue: string) => Promise<SignedQuery>;
  readonly person: { readonly sub: string; readonly signer: Signer; readonly credential: CompactJws };
}

/** 150 years make a body of 2 KB. */
const CELLS = { year: 150 };
const HOUR = 3600;
const seconds = (): number => Math.floor(Date.now() / 1000);
const moment = (offset: number): string => new Date((seconds() + offset) * 1000).toISOString();

export async function makeDataSpace(count: number): Promise<DataSpace> {
  const holders = manyHolders(count, CELLS);
  const [broker, user, researcher] = [await generateKeyPair(), await generateKeyPair(), await generateKeyPair()];
  const keys = await Promise.all(holders.plan.tasks.map(() => generateKeyPair()));
  const pairs = holders.plan.tasks.map((task, at) => ({ task, keys: keys[at] ?? broker, at }));
  const agreements = await Promise.all(pairs.map(({ task, keys: own }) => agree(holders, task, own, user)));
  const credential = await credentialOf(user, researcher);
  const signer = await createSigner(researcher.privateKey);
  return {
    holders,
    broker,
    trustList: await signTrustList(broker, user, pairs),
    datasets: await Promise.all(pairs.map(({ task, keys: own }) => describe(task, own))),
    agreements,
    nodes: pairs.map(({ task, keys: own, at }) => ({
      id: task.holder,
      privateKey: own.privateKey,
      dataset: task.dataset.id,
      agreement: agreements[at]?.hash ?? '',
      body: Buffer.from(bodyOf(holders, task, at)).toString('base64'),
    })),
    sign: (catalogue) => ask(holders, agreements, { signer, credential, catalogue }),
    person: { sub: PERSON, signer, credential },
  };
}

async function describe({ dataset }: PlanTask, keys: KeyPair): Promise<SignedDataset> {
  const jws = await signDocument(dataset, await createSigner(keys.privateKey));
  return { hash: contentHash(dataset), id: dataset.id, holder: dataset.holder, jws };
}

async function agree(
  { vocabulary, plan }: ManyHolders,
  { dataset, table, tableHash }: PlanTask,
  holder: KeyPair,
  user: KeyPair,
): Promise<SignedAgreement> {
  const agreement: Agreement = {
    '@context': ['http://www.w3.org/ns/odrl.jsonld', 'urn:revier:ctx:1'],
    '@type': 'Agreement',
    '@id': `urn:uuid:${crypto.randomUUID()}`,
    profile: 'urn:revier:profile:1',
    conflict: 'prohibit',
    timestamp: moment(-60),
    assigner: dataset.holder,
    assignee: USER,
    target: dataset.id,
    'rv:register': plan.question.register,
    'rv:realm': 'test',
    'rv:version': 1,
    'rv:purposeScheme': purposeSchemeHash,
    'rv:legalBasis': 'invented for benchmarks',
    'rv:dataModels': vocabulary.catalogue.dataModels,
    'rv:codeLists': vocabulary.catalogue.codeLists,
    'rv:lookups': vocabulary.catalogue.lookups,
    'rv:standards': vocabulary.catalogue.standards,
    'rv:lattice': [table],
    permission: [
      {
        '@id': '#p1',
        action: 'rv:aggregate',
        constraint: [
          { leftOperand: 'rv:purpose', operator: 'isA', rightOperand: plan.question.purpose },
          { leftOperand: 'rv:tables', operator: 'isPartOf', rightOperand: [tableHash] },
          { leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: '2099-01-01T00:00:00Z' },
        ],
      },
    ],
    prohibition: [{ '@id': '#x1', action: 'rv:reidentify', constraint: [] }],
  };
  const jws = await signGeneral('revier-agreement+jws', agreement, [holder.privateKey, user.privateKey]);
  return { hash: contentHash(agreement), dataset: dataset.id, holder: dataset.holder, jws };
}

function signTrustList(
  broker: KeyPair,
  user: KeyPair,
  holders: readonly { readonly task: PlanTask; readonly keys: KeyPair }[],
): Promise<GeneralJws> {
  const entry = (id: string, role: Participant['roles'][number], { kid, publicKey }: KeyPair): Participant => ({
    ...{ id, name: id, roles: [role] },
    keys: [{ kid, key: publicKey }],
  });
  const list: TrustList = {
    kind: 'trust-list',
    realm: 'test',
    version: 1,
    issued: moment(-60),
    expires: moment(24 * HOUR),
    threshold: 1,
    signers: [broker.kid],
    participants: [
      entry(BROKER, 'broker', broker),
      entry(USER, 'data-user', user),
      ...holders.map(({ task, keys }) => entry(task.holder, 'data-holder', keys)),
    ],
  };
  return signGeneral('revier-trust-list+jws', list, [broker.privateKey]);
}

async function credentialOf(user: KeyPair, researcher: KeyPair): Promise<CompactJws> {
  const credential = {
    iss: USER,
    sub: PERSON,
    key: researcher.publicKey,
    roles: ['researcher' as const],
    registers: [REGISTER],
    realm: 'test' as const,
    iat: seconds() - 60,
    exp: seconds() + HOUR,
  };
  return signCredential(credential, await createSigner(user.privateKey));
}

function ask(
  { question }: ManyHolders,
  agreements: readonly SignedAgreement[],
  by: { readonly signer: Signer; readonly credential: CompactJws; readonly catalogue: string },
): Promise<SignedQuery> {
  return signQuery({
    ...by,
    question,
    agreements: agreements.map(({ hash }) => hash),
    lookups: {},
    realm: 'test',
    iss: PERSON,
    aud: BROKER,
    jti: crypto.randomUUID(),
    iat: seconds(),
    exp: seconds() + HOUR / 2,
  });
}
