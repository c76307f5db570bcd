/** Part b: what a node adds to its SQL, against the same statements through DuckDB's own client. */
import { DuckDBInstance } from '@duckdb/node-api';
import { type CompiledTable, compileTable, createSigner, encodeRelease, generateKeyPair } from '@revier/connector-sdk';
import { digest, discloseLocal, type RawTable, type SourceTable } from '@revier/core';
import { medianMs } from '../rounds.ts';
import type { Bench, Row } from '../row.ts';
import { shapes } from './shapes.ts';
import { type ColumnarStore, columnarStore, LIMITS } from './stores.ts';

const REACH = { factor: 1.5, ms: 2 };
const AIM = { factor: 1.15, ms: 1 };
const TIME_LIMIT = { timeoutMs: 60_000 };
const NOISE_KEY = new Uint8Array(32).fill(7);

export async function measureOverhead({ quick, say }: Bench): Promise<Row[]> {
  const size = quick ? 100_000 : 1_000_000;
  const rounds = quick ? 5 : 15;
  say(`b  ${size.toLocaleString('en')} rows`);
  const store = await columnarStore(size);
  try {
    const rows: Row[] = [];
    for (const shape of ['events per month', 'four dimensions', 'join of 11,000 areas']) {
      const table = shapes[shape];
      if (table !== undefined) rows.push(...(await measureTable(store, shape, table, rounds)));
    }
    return rows;
  } finally {
    await store.close();
  }
}

async function measureTable(store: ColumnarStore, shape: string, table: SourceTable, rounds: number): Promise<Row[]> {
  const bare = await bareClient(store.file, await compileTable(table, { view: 'approved' }));
  const release = await releasing(table);
  const floor = { what: 'the same SQL, its codes handed over before', value: await medianMs(rounds, bare.run) };
  bare.close();
  const limit = ({ factor, ms }: typeof REACH): number => factor * floor.value + ms;
  const row = (what: string, value: number): Row => ({
    part: 'b',
    what: `${what}, ${shape}`,
    value,
    unit: 'ms',
    floor,
    reach: limit(REACH),
    aim: limit(AIM),
  });
  const read = () => store.source.aggregate(table, TIME_LIMIT);
  return [
    row('data source', await medianMs(rounds, read)),
    row('data source to signed release', await medianMs(rounds, async () => release(await read()))),
  ];
}

/** One connection, open and with its lookup filled; columns are read as they come. */
async function bareClient(file: string, { lookups, measures, atoms }: CompiledTable) {
  const instance = await DuckDBInstance.create(file, {
    access_mode: 'READ_ONLY',
    memory_limit: `${LIMITS.memoryLimitMb}MB`,
    threads: String(LIMITS.threads),
    integer_division: 'true',
    default_null_order: 'postgres',
  });
  const connection = await instance.connect();
  await connection.run('create temp table lookup (slot integer, stored varchar, number bigint)');
  const appender = await connection.createAppender('lookup', 'main', 'temp');
  for (const { slot, stored, numbers } of lookups)
    stored.forEach((code, at) => {
      appender.appendInteger(slot);
      appender.appendVarchar(code);
      appender.appendBigInt(BigInt(numbers[at] ?? 0));
      appender.endRow();
    });
  appender.closeSync();
  const statements = [...measures, ...(atoms === null ? [] : [atoms])];
  return {
    run: async () => {
      for (const { sql } of statements) await (await connection.run(sql)).getColumns();
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Disclosure control, encoding, digest and signature, as the node's rooms do them one after the other. */
async function releasing({ dimensions }: SourceTable) {
  const signer = await createSigner((await generateKeyPair()).privateKey);
  const tableHash = digest(new TextEncoder().encode('bench'));
  const table = {
    model: 'cancer-case/1',
    by: dimensions.map(({ variable }) => ({ variable, level: 'code' })),
    margins: false,
    coverage: [],
    measures: [{ kind: 'count' as const, unit: 'cases', where: [] }],
  };
  const domain = dimensions.map(({ pairs }) => [...new Set(pairs.map(([, number]) => number))]);
  return (raw: RawTable) => {
    const input = { table, tableHash, domain, raw, rates: new Map() };
    const body = encodeRelease(discloseLocal(input, { minCellSize: 5 }, NOISE_KEY));
    return signer.sign('revier-release+jws', { body: digest(body), bytes: body.length });
  };
}
