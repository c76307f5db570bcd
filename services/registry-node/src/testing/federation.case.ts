/** A federation for tests: real nodes over real data and real records, around a broker that a test can script. */
import { type Signer, signDocument } from '@revier/connector-sdk';
import { contentHash } from '@revier/core';
import {
  type CompactJws,
  type DisclosureRules,
  type Floor,
  type ParticipantId,
  type QuestionInput,
  Receipt,
  type Sha256,
  type Task,
} from '@revier/schema';
import { createLogger, openRecords, type Records } from '@revier/service-kit';
import type { NodeOptions, RunningNode } from '../node-options.ts';
import { startNode } from '../start-node.ts';
import { type Signed, signAgreement } from './agreement.case.ts';
import { type Asked, type Asking, ask, makeParties, type Parties } from './parties.case.ts';
import { makeRuhr, NOISE_KEY, type Ruhr } from './ruhr.case.ts';
import { type Delivered, type ScriptedBroker, startScriptedBroker } from './scripted-broker.case.ts';

const register = 'urn:revier:register:cancer-ruhr';
const purpose = 'ehds:PublicHealthSurveillance';
const years = { variable: 'year', from: 2016, to: 2020 } as const;

/** Cancer by deprivation and sex, standardised at the registry over the populations of three cities. */
export const rateQuestion: QuestionInput = {
  register,
  purpose,
  aggregates: {
    cases: { model: 'cancer-case/1', count: 'cases', where: [{ variable: 'behaviour', in: ['3'] }, years] },
    people: { model: 'population/1', sum: 'persons', where: [years] },
  },
  by: [{ variable: 'area', lookup: 'deprivation-quintile-2021' }, { variable: 'sex' }],
  derived: {
    rate: {
      directRate: {
        events: 'cases',
        population: 'people',
        over: { variable: 'age', level: 'band14' },
        standard: 'ESP2013-14',
      },
    },
  },
};

/** Counts alone: nothing travels. */
export const countQuestion: QuestionInput = {
  register,
  purpose,
  aggregates: {
    lung: { model: 'cancer-case/1', count: 'persons', where: [{ variable: 'site', in: ['C33-C34'] }, years] },
  },
  by: [{ variable: 'area', level: 'city' }, { variable: 'sex' }],
  margins: true,
};

export interface Federation {
  readonly parties: Parties;
  readonly ruhr: Ruhr;
  /** A test may put another one in its place, at the same port. */
  broker: ScriptedBroker;
  readonly records: Records;
  readonly nodes: Map<string, RunningNode>;
  readonly agreements: ReadonlyMap<string, Signed>;
  readonly catalogue: Sha256;
  nodeOptions(slug: string): NodeOptions;
  /** A new submission of the researcher. */
  ask(question: QuestionInput, change?: Partial<Asking>): Promise<Asked>;
  /** Gives a task of a submission to a holder; resolves with its id. */
  give(slug: string, asked: Asked, task?: Partial<Task>, by?: Signer): Promise<string>;
  released(taskId: string, times?: number): Promise<Delivered>;
  /** The codes of the refusal. */
  refused(taskId: string): Promise<string[]>;
  /** The population of every city for this submission, as evidence. */
  populations(asked: Asked, slugs?: readonly string[]): Promise<CompactJws[]>;
  close(): Promise<void>;
}

const cities = ['bochum', 'essen', 'gelsenkirchen'];
/** Long enough for a busy machine; no test checks time by it. */
const WAIT_MS = 60_000;

export async function startFederation(disclosure?: DisclosureRules): Promise<Federation> {
  const parties = await makeParties(['registry', ...cities]);
  const ruhr = await makeRuhr();
  const logger = createLogger({ name: 'test', level: 'silent' });
  const brokerParts = { id: parties.broker.id, signer: parties.broker.signer, trust: parties.trust, logger };
  const broker = await startScriptedBroker(brokerParts);
  const records = await openRecords({ memory: true });
  const agreements = new Map<string, Signed>();
  for (const { slug, description } of ruhr.holders) {
    const questions = slug === 'registry' ? [rateQuestion, countQuestion] : [rateQuestion];
    const terms = { vocabulary: ruhr.vocabulary, dataset: description.id, questions };
    agreements.set(slug, await signAgreement(parties, parties.holder(slug), terms));
  }
  const floors = new Map<string, CompactJws>();
  for (const { slug, description } of ruhr.holders) {
    const floor: Floor = {
      kind: 'floor',
      holder: parties.holder(slug).id,
      realm: 'test',
      minCellSize: 5,
      publicDatasets: description.mode === 'O' ? [description.id] : [],
      maxDimensions: 5,
      maxCells: 200_000,
      ...(disclosure === undefined ? {} : { disclosure }),
    };
    floors.set(slug, await signDocument(floor, parties.holder(slug).signer));
  }
  const documents = await Promise.all(
    [ruhr.areas, ruhr.deprivation].map((one) => signDocument(one, parties.source.signer)),
  );
  const nodeOptions = (slug: string): NodeOptions => ({
    participant: parties.holder(slug).id,
    signer: parties.holder(slug).signer,
    realm: 'test',
    trustList: parties.trustList,
    pinnedSigners: parties.pinnedSigners,
    broker: { id: parties.broker.id, url: broker.url },
    records,
    schema: `node_${slug}`,
    datasets: ruhr.holders.filter((one) => one.slug === slug),
    floor: floors.get(slug) ?? '',
    agreements: [agreements.get(slug)].flatMap((one) => (one ? [one.jws] : [])),
    documents,
    noiseKey: NOISE_KEY,
    admin: { host: '127.0.0.1', port: 0 },
    logger,
  });
  const nodes = new Map<string, RunningNode>();
  for (const { slug } of ruhr.holders) nodes.set(slug, await startNode(nodeOptions(slug)));
  for (const node of nodes.values()) await node.published();
  const catalogue = contentHash(broker.catalogue());
  const hashes = [...agreements.values()].map(({ hash }) => hash);
  const lookups = { [ruhr.deprivation.name]: contentHash(ruhr.deprivation) };

  const give: Federation['give'] = (slug, asked, task = {}, by) => {
    const aud: ParticipantId = parties.holder(slug).id;
    return federation.broker.give({ aud, dataset: `urn:revier:dataset:${slug}`, ...asked, ...task }, by, aud);
  };
  const released: Federation['released'] = (taskId, times = 1) =>
    until(
      () => federation.broker.releases.get(taskId)?.[times - 1],
      () => `no release; receipts: ${JSON.stringify(federation.broker.receipts.get(taskId))}`,
    );
  const federation: Federation = {
    parties,
    ruhr,
    broker,
    records,
    nodes,
    agreements,
    catalogue,
    nodeOptions,
    ask: (question, change = {}) =>
      ask(parties, {
        question,
        agreements: hashes,
        catalogue,
        lookups: question.by?.some((one) => 'lookup' in one) ? lookups : {},
        ...change,
      }),
    give,
    released,
    async refused(taskId) {
      const receipt = await until(
        () => federation.broker.receipts.get(taskId)?.find(({ decision }) => decision === 'refused'),
        () => 'no refusal',
      );
      return receipt.decision === 'refused' ? Receipt.options[1].parse(receipt).reasons.map(({ code }) => code) : [];
    },
    async populations(asked, slugs = cities) {
      const tasks = await Promise.all(slugs.map((slug) => give(slug, asked)));
      return (await Promise.all(tasks.map((taskId) => released(taskId)))).map(({ jws }) => jws);
    },
    async close() {
      for (const node of nodes.values()) await node.close();
      await federation.broker.close();
      await records.close();
      await ruhr.close();
    },
  };
  return federation;
}

export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  otherwise: () => string,
): Promise<T> {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 10))) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(otherwise());
}
