/** A node over the holder's own PostgreSQL, set up as the guide says: it answers as the same rows in a columnar store do. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { QuestionInput } from '@revier/schema';
import { openRecords } from '@revier/service-kit';
import { startPostgres } from '@revier/testkit';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNode } from '../start-node.ts';
import { countQuestion, type Federation, rateQuestion, startFederation } from '../testing/federation.case.ts';
import { NOISE_KEY } from '../testing/ruhr.case.ts';
import { type NodeSettings, nodeFiles } from './node-folder.ts';
import { openNodeFolder } from './open-node-folder.ts';
import { writeNodeFolder } from './write-node-folder.ts';

const server = await startPostgres();
const url = server?.url ?? '';
afterAll(() => server?.stop());

/** Roles belong to the whole server, which other tests may use as well. */
const READER = `reader_${randomBytes(6).toString('hex')}`;
const DATASET = 'urn:revier:dataset:registry';
const main = fileURLToPath(new URL('../main.ts', import.meta.url));

function asReader(): string {
  if (url === '') return url;
  const reader = new URL(url);
  reader.username = READER;
  return reader.href;
}

/** Statements as the holder's own administrator runs them. */
async function administer<T>(work: (db: Awaited<ReturnType<typeof openRecords>>) => Promise<T>): Promise<T> {
  const records = await openRecords({ databaseUrl: url });
  try {
    return await work(records);
  } finally {
    await records.close();
  }
}
const run = (statements: string) => administer((records) => sql.raw(statements).execute(records.db()));

describe.skipIf(server === undefined)('a dataset in the holder’s own PostgreSQL', () => {
  let federation: Federation;
  let folder: string;
  const sourceUrl = asReader();

  const tool = async (...args: readonly string[]): Promise<string> => {
    const env = { ...process.env, REVIER_FOLDER: folder, REVIER_FILL_URL: url };
    return (await promisify(execFile)(process.execPath, [main, 'approve', ...args], { env })).stdout;
  };
  const settings = async (): Promise<NodeSettings> =>
    JSON.parse(await readFile(join(folder, nodeFiles.settings), 'utf8'));
  const open = async (given: { sourceUrl?: string } = { sourceUrl }) =>
    openNodeFolder(folder, {
      logger: federation.nodeOptions('registry').logger,
      records: federation.records,
      ...given,
    });
  const answerOf = async (question: QuestionInput) => {
    const asked = await federation.ask(question);
    const evidence = question === rateQuestion ? await federation.populations(asked) : [];
    const stage = evidence.length > 0 ? 1 : 0;
    return federation.released(await federation.give('registry', asked, { stage, evidence }));
  };

  beforeAll(async () => {
    federation = await startFederation();
    folder = await mkdtemp(join(tmpdir(), 'revier-folder-'));
    await loadHolderTable(federation);
    const held = federation.ruhr.holders.find(({ slug }) => slug === 'registry');
    if (held === undefined) throw new Error('there is no registry');
    const { participant, realm, broker, admin, pinnedSigners, ...papers } = federation.nodeOptions('registry');
    await writeNodeFolder(folder, {
      ...{ participant, realm, broker, admin, pinnedSigners: [...pinnedSigners], noiseKey: NOISE_KEY },
      ...{ trustList: papers.trustList, floor: papers.floor, agreements: papers.agreements },
      privateKey: federation.parties.holder('registry').privateKey,
      datasets: [
        {
          source: { kind: 'postgres', schema: 'revier', view: 'cases' },
          description: { ...held.description, epoch: '0000000000000000' },
        },
      ],
    });
  });
  afterAll(async () => {
    await federation?.close();
    await run(`drop owned by ${READER}; drop role ${READER}`);
    await rm(folder, { recursive: true, force: true });
  });

  it('is set up by reviewed statements and a fill, and answers byte for byte as the columnar store does', async () => {
    const before = [await answerOf(countQuestion), await answerOf(rateQuestion)];
    await federation.nodes.get('registry')?.close();
    await run(await tool('sql', DATASET, '--from', 'tumour.cases', '--role', READER, '--column', 'caseId=Fall Nr'));
    expect(await tool('fill', DATASET, '--as-of', '2021-06-30T00:00:00Z')).toMatch(/^\d{3,} new record keys; urn:/);
    const opened = await open();
    const [held] = federation.ruhr.holders;
    expect(opened.options.datasets[0]?.description).toEqual(held?.description);
    // In a book of its own, so that nothing is recalled from what the columnar store gave.
    const node = await startNode({ ...opened.options, schema: 'node_own_postgresql' });
    const after = [await answerOf(countQuestion), await answerOf(rateQuestion)];
    expect(after.map(({ header }) => header.body)).toEqual(before.map(({ header }) => header.body));
    expect(after.map(({ header }) => header.epoch)).toEqual(before.map(({ header }) => header.epoch));
    await node.close();
    await opened.close();
  });

  it('answers otherwise under another noise key: the noise comes from the keys that were filled', async () => {
    const path = join(folder, nodeFiles.noiseKey);
    const rateUnder = async (noiseKey: string, schema: string): Promise<string> => {
      await writeFile(path, noiseKey);
      // Records of its own make another node of it; with the mark of the former it would take them for restored ones.
      await rm(join(folder, nodeFiles.mark));
      await run('truncate revier.cases_keys');
      await tool('fill', DATASET, '--as-of', '2021-06-30T00:00:00Z');
      const opened = await open();
      const node = await startNode({ ...opened.options, schema });
      const { header } = await answerOf(rateQuestion);
      await node.close();
      await opened.close();
      return header.body;
    };
    const [own, other] = [await readFile(path, 'utf8'), 'ab'.repeat(32)];
    expect(await rateUnder(other, 'node_other')).not.toBe(await rateUnder(own, 'node_own_again'));
  });

  it('is not opened when it is described as of another epoch, and the sentence says what to do', async () => {
    await run(`update tumour.cases set usable = false where "Fall Nr" = (select min("Fall Nr") from tumour.cases)`);
    await expect(open()).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      message: expect.stringMatching(/registry cannot be opened.*fill them, then describe/),
    });
    const old = await settings();
    await tool('fill', DATASET, '--as-of', '2021-07-31T00:00:00Z');
    const now = (await settings()).datasets[0]?.description;
    expect(now?.asOf).toBe('2021-07-31T00:00:00Z');
    await (await open()).close();
    await writeFile(join(folder, nodeFiles.settings), JSON.stringify(old));
    await expect(open()).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      message: expect.stringMatching(/registry is of another data epoch: describe/),
    });
  });

  it('is not opened without an address, nor by a role that could see more; the address is never told', async () => {
    await expect(open({})).rejects.toMatchObject({ message: expect.stringMatching(/REVIER_SOURCE_URL/) });
    const asOwner = await open({ sourceUrl: url }).catch((error: unknown) => error);
    expect(asOwner).toMatchObject({ code: 'VIEW_UNFIT', message: expect.stringMatching(/\/role: /) });
    const nowhere = await open({ sourceUrl: 'postgres://reader:secret@127.0.0.1:1/x' }).catch(
      (error: unknown) => error,
    );
    expect(nowhere).toMatchObject({ code: 'DATA_UNREADABLE' });
    expect(JSON.stringify([nowhere, String(nowhere)])).not.toMatch(/secret|127\.0/);
  });

  it('keeps its keys, its epoch and its description when a record comes twice', async () => {
    const before = await settings();
    await run('insert into tumour.cases select * from tumour.cases order by "Fall Nr" desc limit 1');
    await expect(tool('fill', DATASET, '--as-of', '2021-08-31T00:00:00Z')).rejects.toMatchObject({
      stderr: expect.stringMatching(/VIEW_UNFIT.*same identifier/),
    });
    expect(await settings()).toEqual(before);
  });

  it.each([
    [['fill', DATASET]],
    [['fill', DATASET, '--as-of', 'yesterday']],
    [['fill', 'urn:revier:dataset:other', '--as-of', '2021-08-31T00:00:00Z']],
    [['sql', DATASET, '--from', 'tumour.cases']],
    [['sql', DATASET, '--from', 'tumour.cases', '--role', 'reader', '--column', 'caseNumber=nr']],
    [['sql', DATASET, '--from', 'a;b', '--role', 'reader']],
    [['sql', DATASET, '--drop', 'everything']],
    [[]],
  ])('is not approved by %j', async (args) => {
    const before = await settings();
    await expect(tool(...args)).rejects.toMatchObject({ code: 1, stdout: '' });
    expect(await settings()).toEqual(before);
  });
});

/** The table as it grew at the holder's: a name of its own for the number of a case, everything text or number, some not usable. */
async function loadHolderTable(federation: Federation): Promise<void> {
  const held = federation.ruhr.holders.find(({ slug }) => slug === 'registry');
  if (held === undefined) throw new Error('there is no registry');
  const { model, batches } = held.imported;
  const named = (name: string): string => (name === model.record ? 'Fall Nr' : name);
  const columns = model.variables.map(({ name, role }) => {
    const isText = role === 'dimension' || role === 'identifier';
    return `"${named(name)}" ${isText ? 'text' : 'bigint'}`;
  });
  await run(`create schema tumour; create table tumour.cases (${columns.join(', ')}, usable boolean default true)`);
  const names = model.variables.map(({ name }) => `"${named(name)}"`).join(', ');
  await administer(async (records) => {
    for await (const batch of batches) {
      const rows = (batch[model.record ?? ''] ?? []).map((_, row) =>
        Object.fromEntries(model.variables.map(({ name }) => [named(name), batch[name]?.[row] ?? null])),
      );
      await sql`insert into tumour.cases (${sql.raw(names)}) select ${sql.raw(names)}
        from json_populate_recordset(null::tumour.cases, ${JSON.stringify(rows)}::json)`.execute(records.db());
    }
  });
}
