/** What holds for an audit log on any records. */
import {
  emptyFrontier,
  grow,
  headOf,
  leafHash,
  parseCanonical,
  verifyConsistency,
  verifyInclusion,
} from '@revier/core';
import { LogEntry } from '@revier/schema';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../records/migrate.ts';
import type { Records } from '../records/records.ts';
import { appendEntry, type EntryToLog } from './append.ts';
import { checkpointNow, keepCosignature, keepFault, keepSeen, seenLogs, stepFrom } from './checkpoints.ts';
import { exportLog } from './export.ts';
import {
  consistencyProof,
  entriesFrom,
  eraseOpenings,
  headAt,
  headNow,
  inclusionProof,
  personsBehind,
} from './read.ts';
import { type AuditLogTables, type LogDb, makeAuditLog } from './tables.ts';

const schema = 'holder';

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const released = (task: number, person: string | null = 'did:web:uni.example ada'): EntryToLog => ({
  decision: 'released',
  codes: [],
  facts: { task, purpose: 'ehds:PublicHealthSurveillance', minCellSize: null },
  person,
});

export function describeAuditLog(open: () => Promise<Records>): void {
  let records: Records;
  let db: LogDb;
  const append = (entry: EntryToLog, at = new Date('2026-03-01T12:00:00Z')) =>
    db.transaction().execute((trx) => appendEntry(trx.withSchema(schema), entry, at));
  const entries = () => allOf(entriesFrom(db, 0, 1e6));

  beforeAll(async () => {
    records = await open();
    await migrate(records.db(), {
      schema,
      migrations: { '0001-log': { up: (trx) => makeAuditLog(trx, schema) } },
    });
    db = records.db<AuditLogTables>().withSchema(schema);
  });
  afterAll(() => records?.close());

  describe('entries', () => {
    it('stand one after another, in canonical text, and their tree is that of RFC 9162', async () => {
      let edge = emptyFrontier;
      for (let at = 0; at < 21; at += 1) {
        expect(await append(released(at))).toBe(at);
        const { size, hash } = await headNow(db);
        const stored = await entries();
        edge = grow(edge, leafHash(Buffer.from(stored[at]?.entry ?? ''))).frontier;
        expect({ size, hash: Buffer.from(hash) }).toEqual({ size: at + 1, hash: Buffer.from(headOf(edge)) });
      }
      expect(LogEntry.parse(parseCanonical(Buffer.from((await entries())[3]?.entry ?? '')))).toMatchObject({
        decision: 'released',
        facts: { task: 3 },
      });
    });

    it('do not come to stand in the same place when many are written at once', async () => {
      const { size } = await headNow(db);
      const places = await Promise.all(Array.from({ length: 20 }, (_, at) => append(released(100 + at))));
      expect(places.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => size + at));
    });

    it('are gone with the transaction that they were to tell of', async () => {
      const before = await headNow(db);
      const failed = db.transaction().execute(async (trx) => {
        await appendEntry(trx.withSchema(schema), released(7), new Date());
        throw new Error('rolled back');
      });
      await expect(failed).rejects.toThrow('rolled back');
      expect(await headNow(db)).toEqual(before);
    });

    it('take no change and no erasure', async () => {
      for (const statement of [
        'update holder.log_entry set entry = $$x$$',
        'delete from holder.log_entry',
        'truncate holder.log_entry',
        'delete from holder.log_checkpoint',
        'delete from holder.log_snapshot',
      ])
        await expect(sql.raw(statement).execute(db)).rejects.toThrow('append-only');
    });
  });

  describe('proofs', () => {
    it('of inclusion and consistency hold for every place and size', async () => {
      const head = await headNow(db);
      const stored = await entries();
      for (const { index, entry } of stored) {
        const leaf = { index, hash: leafHash(Buffer.from(entry)) };
        expect(verifyInclusion(leaf, head, await inclusionProof(db, index, head.size))).toBe(true);
        const earlier = await headAt(db, index + 1);
        expect(verifyConsistency(earlier, head, await consistencyProof(db, index + 1, head.size))).toBe(true);
      }
    });
  });

  describe('persons', () => {
    it('stand in the log by a salted commitment, so that equal persons look different', async () => {
      const [first, second] = (await entries()).map(({ entry }) => LogEntry.parse(JSON.parse(entry)).person ?? '');
      expect(first).not.toBe(second);
      expect(JSON.stringify(await entries())).not.toContain('uni.example');
      const persons = await personsBehind(db, [first ?? '', second ?? '']);
      expect([...persons.values()]).toEqual(['did:web:uni.example ada', 'did:web:uni.example ada']);
    });

    it('can be forgotten after a time, and the log is as it was', async () => {
      const before = await headNow(db);
      await append(released(900, 'did:web:uni.example grace'), new Date('2020-01-01T00:00:00Z'));
      expect(await eraseOpenings(db, new Date('2021-01-01T00:00:00Z'))).toBe(1);
      expect(JSON.stringify((await sql`select * from holder.log_opening`.execute(db)).rows)).not.toContain(
        'example grace',
      );
      const head = await headNow(db);
      expect(verifyConsistency(before, head, await consistencyProof(db, before.size, head.size))).toBe(true);
    });
  });

  describe('checkpoints', () => {
    const sign = ({ size }: { size: number }) => `note of ${size}\n`;
    const now = () => db.transaction().execute((trx) => checkpointNow(trx.withSchema(schema), sign));

    it('are signed when the log has grown, once for each size', async () => {
      const first = await now();
      expect(await now()).toEqual(first);
      await append(released(1000));
      const second = await now();
      expect(second?.size).toBe((first?.size ?? 0) + 1);
      const step = second && (await stepFrom(db, second, first?.size ?? 0));
      const [earlier, later] = [await headAt(db, first?.size ?? 0), await headAt(db, second?.size ?? 0)];
      expect(verifyConsistency(earlier, later, step?.proof ?? [])).toBe(true);
    });

    it('are exported with what witnesses say, beside the entries and what was seen of others, and no name', async () => {
      const latest = await now();
      await keepCosignature(db, latest?.size ?? 0, 'bochum.example/revier-test', '— bochum.example/revier-test AAAA');
      await keepCosignature(db, latest?.size ?? 0, 'bochum.example/revier-test', '— bochum.example/revier-test BBBB');
      await keepSeen(db, { origin: 'bochum.example/revier-test', size: 3, note: 'a note of Bochum' });
      expect(await keepFault(db, 'bochum.example/revier-test', 'forked')).toBe(true);
      expect(await keepFault(db, 'bochum.example/revier-test', 'forked')).toBe(false);
      expect(await seenLogs(db)).toMatchObject([{ size: 3, fault: 'forked' }]);
      const owner = {
        origin: 'registry.example/revier-test',
        participant: 'did:web:registry.example',
        realm: 'test',
      } as const;
      const lines = await allOf(exportLog(db, owner));
      expect(lines.filter(({ kind }) => kind === 'entry')).toHaveLength((await headNow(db)).size);
      expect(lines.findLast(({ kind }) => kind === 'checkpoint')).toMatchObject({
        note: `${latest?.note}— bochum.example/revier-test AAAA\n`,
      });
      expect(JSON.stringify(lines)).not.toMatch(/uni\.example|salt/);
    });
  });
}
