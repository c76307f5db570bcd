/** A data space for tests: keys, trust list, agreements, a running broker and clients that sign for real. */
import { createSigner, generateKeyPair, signGeneral } from '@revier/connector-sdk';
import { canonicalQuestion, contentHash, planQuestion, purposeSchemeHash } from '@revier/core';
import { type DemoUser, makeProviderKeys, startDemoProvider } from '@revier/demo-provider';
import type { Agreement, GeneralJws, Participant, TrustList } from '@revier/schema';
import { createLogger, openRecords, type Records } from '@revier/service-kit';
import { migrateBroker, type RunningBroker, startBroker } from '../start-broker.ts';
import { BROKER, type Federation, type FederationOptions, type Member, USER } from './data-space.case.ts';
import { clientsOf } from './federation-clients.case.ts';

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
  const users: DemoUser[] = [];
  const keys = await makeProviderKeys();
  const provider = await startDemoProvider({
    ...{ realm: 'test' as const, port: 0, audience: BROKER, users, keys },
    plainBearer: options.people?.plainBearer ?? false,
  });
  const { issuer } = provider;
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
  let ahead = 0;
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
      limits: options.limits,
      redeliverSeconds: options.redeliverSeconds,
      people: { issuer, ...options.people },
      now: () => Date.now() + ahead,
    });
  let broker = await start(records);
  const url = (): string => broker.url;
  return {
    url,
    member,
    agreements,
    logged: () => lines.join(''),
    ...clientsOf({ url, member, options, agreements, issuer, users }),
    provider: () => ({ issuer, keys }),
    later: (ms) => {
      ahead += ms;
    },
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
      await provider.close();
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
      ? ['broker', 'operator']
      : id === USER
        ? ['data-user']
        : holders.includes(id)
          ? ['data-holder', 'source']
          : ['source'];
  const broker = members.find(({ id }) => id === BROKER);
  const user = members.find(({ id }) => id === USER);
  if (broker === undefined || user === undefined) throw new Error('A data space needs a broker and a user.');
  const list: TrustList = {
    kind: 'trust-list',
    realm: 'test',
    version: 1,
    issued: moment(-60),
    expires: moment(24 * HOUR),
    // Two sign the next one; this one is pinned to the first.
    threshold: 2,
    signers: [broker.keys.kid, user.keys.kid],
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
        prohibition: [{ '@id': '#x1', action: 'rv:reidentify', constraint: [] }],
      };
      const keys = [member(dataset.holder).keys.privateKey, member(USER).keys.privateKey];
      const jws = await signGeneral('revier-agreement+jws', agreement, keys);
      return [dataset.id, { holder: dataset.holder, model: table.model, hash: contentHash(agreement), jws }] as const;
    }),
  );
  return new Map(agreed);
}
