/** A data space for tests: keys, trust list, agreements, a running broker and clients that sign for real. */
import {
  type BrokerClient,
  createBrokerClient,
  createDataspaceClient,
  createSigner,
  type DataspaceClient,
  generateKeyPair,
  type KeyPair,
  type Signer,
  signCredential,
  signDocument,
  signGeneral,
  signQuery,
} from '@revier/connector-sdk';
import {
  type CatalogueDocument,
  canonicalQuestion,
  contentHash,
  planQuestion,
  purposeSchemeHash,
  type Vocabulary,
} from '@revier/core';
import type {
  Agreement,
  CompactJws,
  DatasetDescription,
  GeneralJws,
  Participant,
  QuestionInput,
  SignedQuery,
  TrustList,
} from '@revier/schema';
import { createLogger, openRecords, type Records } from '@revier/service-kit';
import { migrateBroker, type RunningBroker, startBroker } from '../start-broker.ts';

export const BROKER = 'did:web:broker.example';
export const USER = 'did:web:university.example';
export const REGISTER = 'urn:revier:register:colorectal-small';

export interface Member {
  readonly id: string;
  readonly keys: KeyPair;
  readonly signer: Signer;
}

export interface Person {
  readonly sub: string;
  readonly signer: Signer;
  readonly credential: CompactJws;
}

export interface Federation {
  readonly url: () => string;
  readonly member: (id: string) => Member;
  readonly agreements: ReadonlyMap<string, { readonly hash: string; readonly jws: GeneralJws }>;
  readonly person: (sub: string) => Promise<Person>;
  readonly asPerson: (person: Person) => DataspaceClient;
  readonly asHolder: (id: string, over?: Partial<{ signer: Signer; iss: string }>) => BrokerClient;
  /** The same holder at another process of the broker. */
  readonly asHolderAt: (url: string, id: string) => BrokerClient;
  readonly sign: (person: Person, options?: AskOptions) => Promise<SignedQuery>;
  readonly publishAll: () => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly second: () => Promise<RunningBroker>;
  readonly close: () => Promise<void>;
  readonly logged: () => string;
}

export interface AskOptions {
  readonly question?: QuestionInput;
  readonly jti?: string;
  readonly seconds?: number;
  readonly change?: (envelope: Parameters<typeof signQuery>[0]) => Parameters<typeof signQuery>[0];
}

export interface FederationOptions {
  readonly datasets: readonly DatasetDescription[];
  readonly documents: readonly CatalogueDocument[];
  /** As the broker will open it, but for the version: for planning the agreed tables. */
  readonly vocabulary: Vocabulary;
  readonly question: QuestionInput;
  /** A server of one's own; embedded records by default, which a second process shares. */
  readonly databaseUrl?: string;
}

const HOUR = 3600;
const seconds = (): number => Math.floor(Date.now() / 1000);
const moment = (offset: number): string => new Date((seconds() + offset) * 1000).toISOString();

export async function startFederation(options: FederationOptions): Promise<Federation> {
  const holders = [...new Set(options.datasets.map(({ holder }) => holder))];
  const members = new Map<string, Member>();
  for (const id of [BROKER, USER, ...holders]) members.set(id, await memberOf(id));
  const member = (id: string): Member => {
    const found = members.get(id);
    if (found === undefined) throw new Error(`There is no ${id}.`);
    return found;
  };
  const trustList = await signTrustList([...members.values()], holders);
  const agreements = await agreeAll(options, member);
  const lines: string[] = [];
  const logger = createLogger({
    name: 'broker',
    level: 'debug',
    destination: {
      write: (line) => void lines.push(line),
    },
  });
  const { databaseUrl } = options;
  const place = databaseUrl === undefined ? { memory: true } : { databaseUrl };
  const records = await openRecords({ ...place, onError: () => {} });
  if (databaseUrl !== undefined) await migrateBroker(records);
  const others: Records[] = [];
  const start = (own: Records): Promise<RunningBroker> =>
    startBroker({
      participant: BROKER,
      signer: member(BROKER).signer,
      realm: 'test',
      trustList,
      pinnedSigners: [member(BROKER).keys.kid],
      records: own,
      queue: 'records',
      listen: { host: '127.0.0.1', port: 0 },
      logger,
    });
  let broker = await start(records);
  const url = (): string => broker.url;
  return {
    url,
    member,
    agreements,
    logged: () => lines.join(''),
    ...clientsOf({ url, member, options, agreements }),
    restart: async () => {
      await broker.close();
      broker = await start(records);
    },
    second: async () => {
      if (databaseUrl === undefined) return start(records);
      const own = await openRecords({ databaseUrl, onError: () => {} });
      others.push(own);
      return start(own);
    },
    close: async () => {
      await broker.close();
      for (const one of [...others, records]) await one.close();
    },
  };
}

async function memberOf(id: string): Promise<Member> {
  const keys = await generateKeyPair();
  return { id, keys, signer: await createSigner(keys.privateKey) };
}

async function signTrustList(members: readonly Member[], holders: readonly string[]): Promise<GeneralJws> {
  const rolesOf = (id: string): Participant['roles'] =>
    id === BROKER
      ? ['broker']
      : id === USER
        ? ['data-user']
        : holders.includes(id)
          ? ['data-holder', 'source']
          : ['source'];
  const broker = members.find(({ id }) => id === BROKER);
  if (broker === undefined) throw new Error('A data space needs a broker.');
  const list: TrustList = {
    kind: 'trust-list',
    realm: 'test',
    version: 1,
    issued: moment(-60),
    expires: moment(24 * HOUR),
    threshold: 1,
    signers: [broker.keys.kid],
    participants: members.map(({ id, keys }) => ({
      id,
      name: id,
      roles: rolesOf(id),
      keys: [{ kid: keys.kid, key: keys.publicKey }],
    })),
  };
  return signGeneral('revier-trust-list+jws', list, [broker.keys.privateKey]);
}

/** Every dataset that the question needs, under the tables that its plan asks for. */
async function agreeAll({ question, vocabulary }: FederationOptions, member: (id: string) => Member) {
  const plan = planQuestion(canonicalQuestion(question), vocabulary);
  const agreed = await Promise.all(
    plan.tasks.map(async ({ dataset, table, tableHash }) => {
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
        'rv:legalBasis': 'invented for tests',
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
        prohibition: [],
      };
      const keys = [member(dataset.holder).keys.privateKey, member(USER).keys.privateKey];
      const jws = await signGeneral('revier-agreement+jws', agreement, keys);
      return [dataset.holder, { hash: contentHash(agreement), jws }] as const;
    }),
  );
  return new Map(agreed);
}

interface ClientParts extends Pick<Federation, 'url' | 'member' | 'agreements'> {
  readonly options: FederationOptions;
}

function clientsOf({ url, member, options, agreements }: ClientParts) {
  const asHolder: Federation['asHolder'] = (id, over) =>
    createBrokerClient({
      baseUrl: url(),
      identity: { signer: member(id).signer, iss: id, aud: BROKER, realm: 'test', ...over },
    });
  const asHolderAt: Federation['asHolderAt'] = (baseUrl, id) =>
    createBrokerClient({ baseUrl, identity: { signer: member(id).signer, iss: id, aud: BROKER, realm: 'test' } });
  const asPerson: Federation['asPerson'] = ({ sub, signer, credential }) =>
    createDataspaceClient({ baseUrl: url(), identity: { signer, iss: sub, aud: BROKER, realm: 'test', credential } });
  const person: Federation['person'] = async (sub) => {
    const keys = await generateKeyPair();
    const own = {
      iss: USER,
      sub,
      key: keys.publicKey,
      roles: ['researcher' as const],
      registers: [REGISTER],
      realm: 'test' as const,
      iat: seconds() - 60,
      exp: seconds() + HOUR,
    };
    return {
      sub,
      signer: await createSigner(keys.privateKey),
      credential: await signCredential(own, member(USER).signer),
    };
  };
  const sign: Federation['sign'] = async (
    who,
    { question = options.question, jti, seconds: span = 60, change } = {},
  ) => {
    const { hash, catalogue } = await asPerson(who).catalogue();
    const used = (question.by ?? []).flatMap((dimension) => ('lookup' in dimension ? [dimension.lookup] : []));
    const envelope = {
      signer: who.signer,
      credential: who.credential,
      question: { ...question, holders: { asked: [...agreements.keys()], ...question.holders } },
      agreements: Object.fromEntries([...agreements].map(([holder, agreement]) => [holder, agreement.hash])),
      catalogue: hash,
      lookups: Object.fromEntries(used.map((name) => [name, catalogue.lookups[name] ?? ''])),
      realm: 'test' as const,
      iss: who.sub,
      aud: BROKER,
      jti: jti ?? crypto.randomUUID(),
      iat: seconds(),
      exp: seconds() + span,
    };
    return signQuery(change === undefined ? envelope : change(envelope));
  };
  const publishAll = async (): Promise<void> => {
    const [source] = options.datasets;
    if (source === undefined) return;
    const signer = member(source.holder).signer;
    const documents = await Promise.all(options.documents.map((document) => signDocument(document, signer)));
    await asHolder(source.holder).publishDocuments(documents);
    for (const dataset of options.datasets) {
      const description = await signDocument(dataset, member(dataset.holder).signer);
      const agreement = agreements.get(dataset.holder);
      await asHolder(dataset.holder).publish(description, agreement === undefined ? [] : [agreement.jws]);
    }
  };
  return { asHolder, asHolderAt, asPerson, person, sign, publishAll };
}
