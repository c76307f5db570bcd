/** The broker's own log and the notes that it carries for others, in its records. */
import { hashText, type LogFault, originOf, signCheckpoint } from '@revier/connector-sdk';
import { canonicalText, contentHash } from '@revier/core';
import { CheckpointStep } from '@revier/schema';
import {
  type AuditLogTables,
  appendEntry,
  checkpointNow,
  type EntryToLog,
  entriesFrom,
  exportLog,
  headNow,
  keepCosignature,
  type LogDb,
  lockLog,
  type Records,
  snapshotsOf,
  stepFrom,
} from '@revier/service-kit';
import type { Kysely } from 'kysely';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import type { BrokerLog, CarriedLogs } from '../log-ports.ts';
import type { Broker } from '../ports.ts';

type Db = Kysely<BrokerTables>;

/** The tables of the audit log alone, in the same transaction. */
export const logOf = (db: Db): LogDb => db.$pickTables<keyof AuditLogTables>();

type Owner = Pick<Broker, 'participant' | 'realm' | 'signer' | 'now'>;

export function recordsLog(records: Records, owner: Owner): BrokerLog {
  const db = records.db<BrokerTables>().withSchema(SCHEMA);
  const origin = originOf(owner.participant, owner.realm);
  const together = <T>(work: (log: LogDb) => Promise<T>): Promise<T> =>
    db.transaction().execute((trx) => work(logOf(trx)));
  const at = (): Date => new Date(owner.now());
  const once = (entries: readonly EntryToLog[]): Promise<void> =>
    together(async (log) => {
      await lockLog(log);
      if (await isKept(log, entries[0])) return;
      for (const entry of entries) await appendEntry(log, entry, at());
    });
  return {
    origin,
    append: async (entry) => {
      await together((log) => appendEntry(log, entry, at()));
    },
    appendOnce: once,
    checkpoint: () =>
      together((log) => checkpointNow(log, (head) => signCheckpoint({ origin, ...head }, owner.signer))),
    async stepFrom(latest, from) {
      const { note, proof } = await stepFrom(logOf(db), latest, from);
      return { note, from, proof: proof.map(hashText) };
    },
    keepCosignature: (size, witness, line) => keepCosignature(logOf(db), size, witness, line),
    async fault(other: string, fault: LogFault, note: string) {
      const evidence = contentHash(note);
      const facts = { origin: other, fault, evidence };
      const snapshots = new Map([[evidence, canonicalText(note)]]);
      const entry = { decision: 'log-fault', codes: [], facts, person: null, snapshots };
      // Whoever brings it every minute fills no log with it.
      await once([entry]);
    },
    after: (index, wants) => entriesAfter(logOf(db), index, wants),
    export: () => exportLog(logOf(db), { origin, participant: owner.participant, realm: owner.realm }),
  };
}

async function* entriesAfter(log: LogDb, from: number, wants: (entry: string) => readonly string[]) {
  const { size } = await headNow(log);
  for await (const { index, entry } of entriesFrom(log, from, size))
    yield { index, entry, snapshots: await snapshotsOf(log, wants(entry)) };
}

async function isKept(log: LogDb, entry: EntryToLog | undefined): Promise<boolean> {
  const hashes = [...(entry?.snapshots?.keys() ?? [])];
  return (await snapshotsOf(log, hashes)).size > 0;
}

const PAGE = 100;

export function carriedLogs(records: Records): CarriedLogs {
  const db = records.db<BrokerTables>().withSchema(SCHEMA);
  return {
    sizes: (witness) => sizesFor(db, witness),
    async latest(origin) {
      const row = await stepsOf(db, origin).orderBy('size', 'desc').limit(1).executeTakeFirst();
      return row && stepOf(row);
    },
    async steps(origin, after) {
      const rows = await stepsOf(db, origin).where('size', '>', String(after)).orderBy('size').limit(PAGE).execute();
      return rows.map(stepOf);
    },
    async at(origin, size) {
      const row = await stepsOf(db, origin).where('size', '=', String(size)).executeTakeFirst();
      return row && stepOf(row);
    },
    async put(origin, size, { note, from, proof }) {
      await db
        .insertInto('carried_checkpoints')
        .values({ origin, size, note, from_size: from, proof: JSON.stringify(proof) })
        .onConflict((conflict) => conflict.columns(['origin', 'size']).doNothing())
        .execute();
    },
    async putCosignature(row) {
      await db
        .insertInto('carried_cosignatures')
        .values(row)
        .onConflict((conflict) => conflict.columns(['origin', 'size', 'witness']).doNothing())
        .execute();
    },
    async cosignatures(origin) {
      const rows = await db
        .selectFrom('carried_cosignatures')
        .select(['size', 'line'])
        .where('origin', '=', origin)
        .orderBy('size', 'desc')
        .limit(PAGE)
        .execute();
      return rows.map(({ size, line }) => ({ size: Number(size), line }));
    },
  };
}

const stepsOf = (db: Db, origin: string) =>
  db.selectFrom('carried_checkpoints').select(['note', 'from_size', 'proof']).where('origin', '=', origin);

const stepOf = ({ note, from_size, proof }: { note: string; from_size: string; proof: string }): CheckpointStep =>
  CheckpointStep.parse({ note, from: Number(from_size), proof: JSON.parse(proof) });

async function sizesFor(db: Db, witness: string): ReturnType<CarriedLogs['sizes']> {
  const rows = await db
    .selectFrom('carried_checkpoints as step')
    .leftJoin('carried_cosignatures as said', (join) =>
      join
        .onRef('said.origin', '=', 'step.origin')
        .onRef('said.size', '=', 'step.size')
        .on('said.witness', '=', witness),
    )
    .distinctOn('step.origin')
    .select(['step.origin', 'step.size', 'said.witness'])
    .orderBy('step.origin')
    .orderBy('step.size', 'desc')
    .execute();
  return rows.map((row) => ({ origin: row.origin, size: Number(row.size), cosigned: row.witness !== null }));
}
