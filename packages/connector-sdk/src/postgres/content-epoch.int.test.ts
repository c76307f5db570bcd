/** The epoch of a view: that of a columnar store with the same rows, and of no other rows. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@revier/testkit';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { importColumns } from '../columnar/import-columns.ts';
import { codes, model, recordKey, rowsWithIds } from '../data-source.any.case.ts';
import type { GivenRow } from '../data-source.reference.case.ts';
import { keysPath } from './approved-view.ts';
import { fillRecordKeys } from './fill-record-keys.ts';
import { run, setUp, tearDown } from './given.case.ts';

const server = await startPostgres();
const url = server?.url ?? '';
afterAll(() => server?.stop());

async function inPostgres(rows: readonly GivenRow[]): Promise<string> {
  const plan = await setUp(url, { model, rows });
  const { epoch } = await fillRecordKeys({ ...plan, connectionString: url, recordKey });
  await tearDown(url, plan);
  return epoch;
}

async function inColumns(rows: readonly GivenRow[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-store-'));
  const batch = Object.fromEntries(
    model.variables.map(({ name }) => [name, rows.map(({ values }) => values[name] ?? null)]),
  );
  const grain = Object.fromEntries(Object.entries(codes).map(([name, stored]) => [name, { stored: new Set(stored) }]));
  const { epoch } = await importColumns({ folder, name: 'sample', model, grain, batches: [batch], recordKey });
  await rm(folder, { recursive: true });
  return epoch;
}

describe.skipIf(server === undefined)('the epoch of a view', () => {
  it('is that of a columnar store which holds just the rows that the view shows', async () => {
    const law = fc.asyncProperty(rowsWithIds, async (rows) => {
      const usable = rows.filter((row) => row.usable);
      expect(await inPostgres(rows)).toBe(await inColumns(usable));
    });
    await fc.assert(law, { numRuns: 20 });
  }, 120_000);

  it('is the same in any order, and another after any change of a value, of a row, or of what may be used', async () => {
    const [rows = []] = fc.sample(
      rowsWithIds.filter((all) => all.length > 3 && all.every((row) => row.usable)),
      1,
    );
    const [first, ...others] = rows;
    if (first === undefined) throw new Error('there are no rows');
    const changes: GivenRow[][] = [
      others,
      [{ ...first, usable: false }, ...others],
      [...rows, { ...first, values: { ...first.values, stayId: 'another' } }],
      ...model.variables
        .filter(({ role }) => role !== 'dimension')
        .map(({ name }) => [
          { ...first, values: { ...first.values, [name]: name.endsWith('Id') ? 'another' : 4321 } },
          ...others,
        ]),
      [{ ...first, values: { ...first.values, score: null, beds: 4320 } }, ...others],
    ];
    const epoch = await inPostgres(rows);
    expect(await inPostgres([...rows].reverse())).toBe(epoch);
    for (const changed of changes) expect(await inPostgres(changed)).not.toBe(epoch);
  });

  it('does not depend on the keys of the records', async () => {
    const [rows = []] = fc.sample(rowsWithIds, 1);
    const plan = await setUp(url, { model, rows });
    const fill = (key: (id: string) => number) => fillRecordKeys({ ...plan, connectionString: url, recordKey: key });
    const { epoch } = await fill(recordKey);
    await run(url, `truncate ${keysPath(plan)}`);
    expect((await fill(() => 7)).epoch).toBe(epoch);
    await tearDown(url, plan);
  });
});
