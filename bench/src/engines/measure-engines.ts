/** Part d: six shapes of query on every data source, whose answers must be equal to the byte. */
import { createHash } from 'node:crypto';
import type { DataSource } from '@revier/connector-sdk';
import type { RawTable, SourceTable } from '@revier/core';
import { medianMs } from '../rounds.ts';
import type { Bench, Row } from '../row.ts';
import { shapes } from './shapes.ts';
import { columnarStore, postgresStore, type Store } from './stores.ts';

const TIME_LIMIT = { timeoutMs: 120_000 };

export async function measureEngines({ quick, full, say }: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of quick ? [100_000] : full ? [1_000_000, 10_000_000] : [1_000_000]) {
    say(`d  ${size.toLocaleString('en')} rows, columnar and postgres`);
    rows.push(...(await measureSize(size, quick ? 3 : 5)));
  }
  return rows;
}

async function measureSize(size: number, rounds: number): Promise<Row[]> {
  const stores: Store[] = [await columnarStore(size)];
  try {
    const server = await postgresStore(size);
    if (server !== undefined) stores.push(server);
    const rows: Row[] = [];
    for (const [shape, table] of Object.entries(shapes))
      rows.push(...(await measureShape(stores, shape, table, { size, rounds })));
    return rows;
  } finally {
    for (const store of stores) await store.close();
  }
}

async function measureShape(
  stores: readonly Store[],
  shape: string,
  table: SourceTable,
  { size, rounds }: { readonly size: number; readonly rounds: number },
): Promise<Row[]> {
  const digests = new Set<string>();
  const rows: Row[] = [];
  for (const { name, source } of stores) {
    digests.add(digestOf(await source.aggregate(table, TIME_LIMIT)));
    const value = await medianMs(rounds, () => ask(source, table));
    rows.push({ part: 'd', what: `${shape}, ${size.toLocaleString('en')} rows, ${name}`, value, unit: 'ms' });
  }
  if (digests.size > 1) throw new Error(`The data sources differ on: ${shape}.`);
  const note =
    stores.length > 1 ? `equal to the byte: ${[...digests].join().slice(0, 12)}` : 'no other data source here';
  return rows.map((row) => ({ ...row, note }));
}

const ask = (source: DataSource, table: SourceTable): Promise<RawTable> => source.aggregate(table, TIME_LIMIT);

/** Over the bytes of every column, in the order of the answer. */
function digestOf({ measures, atoms }: RawTable): string {
  const hash = createHash('sha256');
  const add = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) hash.update(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    else if (typeof value === 'object' && value !== null)
      for (const [name, part] of Object.entries(value)) {
        hash.update(name);
        add(part);
      }
  };
  add(measures);
  add(atoms);
  return hash.digest('hex');
}
