/** A node by script: its tasks are planned anew, its figures pass disclosure control, its messages are signed; only its data are invented. */
import {
  type BrokerClient,
  encodeRelease,
  loadVocabulary,
  openTrustList,
  queryDigest,
  resolver,
  type Signer,
  verifyCompact,
  verifyQuery,
} from '@revier/connector-sdk';
import {
  type CatalogueDocument,
  type DisclosureInput,
  digest,
  discloseLocal,
  discloseOpen,
  type PlanTask,
  planQuestion,
  prepareTable,
  type RawTable,
  type Release,
} from '@revier/core';
import {
  type Assessment,
  type Receipt,
  type RefusalCode,
  type ReleaseHeader,
  type SentTask,
  Task,
} from '@revier/schema';
import { BROKER, type Federation } from './data-space.case.ts';

export interface NodeTask {
  readonly task: Task;
  readonly planned: PlanTask;
  readonly questionHash: string;
  readonly agreement: string;
}

export interface NodeRelease {
  readonly header: ReleaseHeader;
  readonly body: Uint8Array;
}

/** Every cell of the table has this many records, or inhabitants. */
const FIGURE = { O: 10_000, L: 50, F: 0 };
const NOISE_KEY = new Uint8Array(32).fill(7);

export function scriptedNode(federation: Federation, id: string, known: ReadonlyMap<string, CatalogueDocument>) {
  const { signer } = federation.member(id);
  const client = (): BrokerClient => federation.asHolder(id);

  async function open(sent: SentTask): Promise<NodeTask> {
    const trust = await openTrustList(await client().trustList(), {
      pinnedSigners: [federation.member(BROKER).keys.kid],
      realm: 'test',
      now: new Date(),
    });
    const task = await verifyCompact(sent.task, 'revier-task+jws', Task, resolver(trust, { role: 'broker' }));
    const query = { trust, audience: BROKER, realm: 'test', now: new Date() } as const;
    if (queryDigest(sent.query) !== task.query) throw new Error('The task names another query.');
    const { envelope } = await verifyQuery({ query: sent.query, credential: task.credential }, query);
    const load = { trust, hash: envelope.catalogue, known, now: new Date() };
    const vocabulary = await loadVocabulary(client(), load);
    const plan = planQuestion(envelope.question, vocabulary);
    const planned = plan.tasks.find(({ dataset, stage }) => dataset.id === task.dataset && stage === task.stage);
    if (planned === undefined) throw new Error('The task is not in the plan.');
    const agreement = federation.agreements.get(task.dataset)?.hash;
    if (agreement === undefined || !envelope.agreements.includes(agreement)) throw new Error('No agreement is named.');
    return { task, planned, questionHash: plan.questionHash, agreement };
  }

  async function release(open: NodeTask): Promise<NodeRelease> {
    const trust = await openTrustList(await client().trustList(), {
      pinnedSigners: [federation.member(BROKER).keys.kid],
      realm: 'test',
      now: new Date(),
    });
    const made = await disclosed(open, await loadVocabulary(client(), { trust, known, now: new Date() }));
    const body = encodeRelease(made);
    return { header: headerOf(id, open, made, body), body };
  }

  return {
    client,
    open,
    /** The tasks that come within the time, opened. */
    tasks: async (wait = 20): Promise<NodeTask[]> => Promise.all((await client().pollTasks(wait)).map(open)),
    release,
    send: (open: NodeTask, { header, body }: NodeRelease, by: Signer = signer) =>
      sendSigned(client(), open, header, body, by),
    accept: async (open: NodeTask) => {
      const { planned, agreement } = open;
      await sendReceipt(client(), signer, {
        ...saidBy(id, open),
        decision: 'accepted',
        agreement,
        table: planned.tableHash,
      });
    },
    /** Of a dry run. */
    assess: async (open: NodeTask, told: Partial<Assessment> = {}) => {
      const { planned, agreement } = open;
      const assessment: Assessment = {
        ...{ wouldAnswer: true, reasons: [], agreement, table: planned.tableHash, mode: planned.dataset.mode },
        ...{ minCellSize: null, grain: [], cells: 4, left: { cells: null, queries: null }, withheldPercent: null },
        ...told,
      };
      await sendReceipt(client(), signer, { ...saidBy(id, open), decision: 'assessed', assessment });
    },
    refuse: async (open: NodeTask, code: RefusalCode = 'PURPOSE') => {
      const reasons = [{ code, pointer: '/permission/0', hint: 'not for this' }];
      await sendReceipt(client(), signer, { ...saidBy(id, open), decision: 'refused', reasons });
    },
  };
}

export type ScriptedNode = ReturnType<typeof scriptedNode>;

async function sendSigned(
  client: BrokerClient,
  { task }: NodeTask,
  header: ReleaseHeader,
  body: Uint8Array,
  by: Signer,
) {
  await client.sendRelease(task.taskId, await by.sign('revier-release+jws', header), body);
}

const sendReceipt = async (client: BrokerClient, signer: Signer, receipt: Receipt): Promise<void> =>
  client.sendReceipt(receipt.taskId, await signer.sign('revier-receipt+jws', receipt));

const saidBy = (iss: string, { task: { taskId, submissionId, attempt } }: NodeTask) => ({
  taskId,
  submissionId,
  iss,
  aud: BROKER,
  realm: 'test' as const,
  attempt,
  iat: Math.floor(Date.now() / 1000),
});

function headerOf(iss: string, open: NodeTask, { mode, minCellSize }: Release, body: Uint8Array): ReleaseHeader {
  const { attempt: _, ...said } = saidBy(iss, open);
  const { dataset, tableHash } = open.planned;
  return {
    ...said,
    questionHash: open.questionHash,
    synthetic: dataset.synthetic,
    dataset: dataset.id,
    epoch: dataset.epoch,
    asOf: dataset.asOf,
    agreement: open.agreement,
    table: tableHash,
    mode,
    ...(minCellSize === null ? {} : { minCellSize }),
    body: digest(body),
    bytes: body.length,
  };
}

type Vocabulary = Awaited<ReturnType<typeof loadVocabulary>>;

async function disclosed({ planned }: NodeTask, vocabulary: Vocabulary): Promise<Release> {
  // Its own coverage is as good as any for invented figures.
  const free = { ...planned, table: { ...planned.table, coverage: [] } };
  const { domain } = prepareTable(free, vocabulary, null);
  const input: DisclosureInput = {
    table: planned.table,
    tableHash: planned.tableHash,
    domain,
    raw: rawOf(planned, domain),
    rates: new Map(),
  };
  return planned.dataset.mode === 'O' ? discloseOpen(input) : discloseLocal(input, { minCellSize: 5 }, NOISE_KEY);
}

function rawOf({ table, dataset }: PlanTask, domain: readonly (readonly number[])[]): RawTable {
  const cells = domain.reduce<number[][]>(
    (rows, numbers) => rows.flatMap((row) => numbers.map((n) => [...row, n])),
    [[]],
  );
  const keys = domain.map((_, d) => Uint32Array.from(cells, (cell) => cell[d] ?? 0));
  const figures = new Float64Array(cells.length).fill(FIGURE[dataset.mode]);
  const counts = table.measures.filter(({ kind }) => kind === 'count').length;
  return {
    measures: table.measures.map((measure) =>
      measure.kind === 'count'
        ? { kind: 'count', keys, value: figures, persons: figures }
        : { kind: 'sum', keys, value: figures, missing: new Uint8Array(cells.length) },
    ),
    atoms:
      counts === 0
        ? null
        : { keys, signature: new Uint32Array(cells.length).fill(2 ** counts - 1), records: figures, persons: figures },
  };
}
