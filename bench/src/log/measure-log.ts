/** Part h: what an entry of the audit log costs beside a bare row, and how long a log of a million entries takes to verify. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createSigner, generateKeyPair, originOf, readExport, signCheckpoint } from '@revier/connector-sdk';
import { canonicalText, emptyFrontier, grow, headOf, leafHash } from '@revier/core';
import {
  type AuditLogTables,
  appendEntry,
  makeAuditLog,
  migrate,
  openRecords,
  type Records,
} from '@revier/service-kit';
import { startPostgres } from '@revier/testkit';
import { clock, medianMs } from '../rounds.ts';
import type { Bench, Row } from '../row.ts';

const MILLION = 1_000_000;
const owner = { participant: 'did:web:registry.example', realm: 'test' } as const;
const hash = `sha256:${'a'.repeat(64)}`;
const facts = {
  submission: hash,
  agreement: hash,
  table: hash,
  body: hash,
  receipt: hash,
  register: 'urn:revier:register:x',
};

export async function measureLog(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  const postgres = await startPostgres();
  if (postgres !== undefined) {
    bench.say('h: entries on PostgreSQL');
    const records = await openRecords({ databaseUrl: postgres.url, onError: () => undefined });
    rows.push(await measureAppend('PostgreSQL', records, bench));
    await records.close();
    await postgres.stop();
  }
  bench.say('h: entries embedded');
  const embedded = await openRecords({ memory: true, onError: () => undefined });
  rows.push(await measureAppend('PGlite', embedded, bench));
  await embedded.close();
  bench.say('h: verifying');
  return [...rows, await measureVerify(bench.quick ? MILLION / 10 : MILLION)];
}

/** Beside a bare insert of the same row, each in a transaction of its own. */
async function measureAppend(where: string, records: Records, { quick }: Bench): Promise<Row> {
  const schema = 'bench_log';
  const up = (db: Parameters<typeof makeAuditLog>[0]) => makeAuditLog(db, schema);
  await migrate(records.db(), { schema, migrations: { '0001-log': { up } } });
  await records.pool.query(
    'create table bench_log.bare (index bigint generated always as identity, entry text, hashes bytea)',
  );
  const db = records.db<AuditLogTables>().withSchema(schema);
  const rounds = quick ? 100 : 1000;
  const entry = { decision: 'released', codes: [], facts, person: null };
  const text = canonicalText({ ...entry, at: new Date(0).toISOString() });
  type Bare = { bare: { entry: string; hashes: Buffer } };
  const bare = records.db<Bare>().withSchema(schema);
  const floor = await medianMs(rounds, () =>
    bare.transaction().execute((trx) => {
      const values = { entry: text, hashes: Buffer.alloc(64) };
      return trx.withSchema(schema).insertInto('bare').values(values).execute();
    }),
  );
  const value = await medianMs(rounds, () =>
    db.transaction().execute((trx) => appendEntry(trx.withSchema(schema), entry, new Date())),
  );
  return {
    part: 'h',
    what: `append an entry, ${where}`,
    value,
    unit: 'ms',
    floor: { what: 'the same row without a log', value: floor },
    reach: floor + 1,
  };
}

/** Read from a file, every entry hashed, the head computed anew. */
async function measureVerify(entries: number): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-bench-log-'));
  const file = join(folder, 'log.jsonl');
  await pipeline(Readable.from(linesOf(entries)), createWriteStream(file));
  const from = clock();
  const log = await readExport(createInterface({ input: createReadStream(file) }));
  let edge = emptyFrontier;
  for (let at = 0; at < log.entries; at += 1) edge = grow(edge, log.leaves.subarray(at * 32, at * 32 + 32)).frontier;
  headOf(edge);
  const value = (clock() - from) / 1000;
  await rm(folder, { recursive: true, force: true });
  return { part: 'h', what: `verify a log of ${entries} entries`, value, unit: 's', reach: 60 };
}

async function* linesOf(entries: number): AsyncGenerator<string> {
  const origin = originOf(owner.participant, owner.realm);
  const signer = await createSigner((await generateKeyPair()).privateKey);
  yield `${JSON.stringify({ kind: 'log', origin, ...owner, size: entries })}\n`;
  let edge = emptyFrontier;
  for (let index = 0; index < entries; index += 1) {
    const entry = canonicalText({
      at: new Date(index).toISOString(),
      decision: 'released',
      codes: [],
      facts: { ...facts, index },
      person: hash,
    });
    edge = grow(edge, leafHash(Buffer.from(entry))).frontier;
    yield `${JSON.stringify({ kind: 'entry', index, entry })}\n`;
  }
  const note = signCheckpoint({ origin, size: edge.size, hash: headOf(edge) }, signer);
  yield `${JSON.stringify({ kind: 'checkpoint', note })}\n`;
}
