/** For tests: a columnar store over given rows, gone when it is closed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GivenRows } from '../data-source.reference.case.ts';
import type { DataSource } from '../data-source.ts';
import { importColumns } from './import-columns.ts';
import { openColumnar } from './open-columnar.ts';

export async function columnarOver({ model, codes, rows, recordKey }: GivenRows): Promise<DataSource> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-store-'));
  const variables = model.variables.map(({ name }) => [name, rows.map(({ values }) => values[name] ?? null)]);
  const batch = { ...Object.fromEntries(variables), usable: rows.map(({ usable }) => (usable ? 'yes' : 'no')) };
  const grain = Object.fromEntries(Object.entries(codes).map(([name, stored]) => [name, { stored: new Set(stored) }]));
  await importColumns({ folder, name: 'sample', model, grain, batches: [batch], recordKey });
  const source = await openColumnar({ folder, name: 'sample', memoryLimitMb: 256, threads: 2 });
  const close = async (): Promise<void> => {
    await source.close();
    await rm(folder, { recursive: true });
  };
  return { aggregate: (table, options) => source.aggregate(table, options), close };
}
