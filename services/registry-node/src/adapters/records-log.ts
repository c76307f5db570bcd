/** One's own log in the node's records: checkpoints, what was seen of others, and reading. */
import { hashText, type LogFault, originOf, signCheckpoint } from '@revier/connector-sdk';
import { canonicalText, contentHash } from '@revier/core';
import { type ExportLine, LogEntry } from '@revier/schema';
import {
  appendEntry,
  checkpointNow,
  eraseOpenings,
  exportLog,
  headNow,
  keepCosignature,
  keepFault,
  keepSeen,
  type LogDb,
  lastEntries,
  personsBehind,
  type StoredEntry,
  seenLogs,
  snapshotsOf,
  stepFrom,
  witnessedCheckpoints,
} from '@revier/service-kit';
import { z } from 'zod';
import { auditDecisions, type OwnLog, type PastDecision, type PastEntry, type Self } from '../ports.ts';
import { logOf, type NodeDb } from './node-db.ts';

export function recordsLog(node: NodeDb, self: Self): OwnLog {
  const db = logOf(node.db);
  const origin = originOf(self.participant, self.realm);
  const at = (): Date => new Date(self.now());
  const together = <T>(work: (log: LogDb) => Promise<T>): Promise<T> => node.transaction((trx) => work(logOf(trx)));
  return {
    origin,
    checkpoint: () => together((log) => checkpointNow(log, (head) => signCheckpoint({ origin, ...head }, self.signer))),
    async stepFrom(latest, from) {
      const { note, proof } = await stepFrom(db, latest, from);
      return { note, from, proof: proof.map(hashText) };
    },
    checkpoints: () => witnessedCheckpoints(db),
    keepCosignature: (size, witness, line) => keepCosignature(db, size, witness, line),
    seen: () => seenLogs(db),
    keepSeen: ({ origin: other, size }, note) => keepSeen(db, { origin: other, size, note }),
    keepFault: (other, fault, note) => together((log) => enterFault(log, { other, fault, note }, at())),
    enter: async (entry) => {
      await together((log) => appendEntry(log, entry, at()));
    },
    decisions: () => decisionsIn(db),
    since: (from, limit) => entriesSince(db, from, limit),
    snapshots: (hashes) => snapshotsOf(db, hashes),
    eraseOpenings: (before) => eraseOpenings(db, before),
    standing: () => standing(db),
    export: () => exportLog(db, { origin, participant: self.participant, realm: self.realm }, () => catalogues(node)),
  };
}

/** What was seen stands in the log by its hash, and beside it in full. */
async function enterFault(
  log: LogDb,
  { other, fault, note }: { readonly other: string; readonly fault: LogFault; readonly note: string },
  at: Date,
): Promise<void> {
  const evidence = contentHash(note);
  if (!(await keepFault(log, other, `${fault} ${evidence}`))) return;
  const facts = { origin: other, fault, evidence };
  const snapshots = new Map([[evidence, canonicalText(note)]]);
  await appendEntry(log, { decision: 'log-fault', codes: [], facts, person: null, snapshots }, at);
}

const Decision = z.enum(auditDecisions);

/** The newest entries, as decisions. */
export async function lastDecisions(db: LogDb, limit: number): Promise<readonly PastDecision[]> {
  const found: PastDecision[] = [];
  for await (const decision of decisionsIn(db)) {
    found.push(decision);
    if (found.length === limit) break;
  }
  return found;
}

async function* decisionsIn(db: LogDb): AsyncGenerator<PastDecision> {
  for await (const { entry } of newestFirst(db)) {
    const { at, codes, facts } = entry;
    yield { at, decision: Decision.parse(entry.decision), codes, facts };
  }
}

async function entriesSince(db: LogDb, from: Date, limit: number): Promise<readonly PastEntry[]> {
  const found: (LogEntry & { readonly index: number })[] = [];
  for await (const { index, entry } of newestFirst(db)) {
    if (Date.parse(entry.at) < from.getTime() || found.length === limit) break;
    if (typeof entry.facts.task === 'string') found.push({ ...entry, index });
  }
  const persons = await personsBehind(
    db,
    found.flatMap(({ person }) => (person === null ? [] : [person])),
  );
  return found.map((entry) => ({ ...entry, person: entry.person && (persons.get(entry.person) ?? null) }));
}

const PAGE = 200;

async function* newestFirst(db: LogDb): AsyncGenerator<{ readonly index: number; readonly entry: LogEntry }> {
  let page: readonly StoredEntry[] = await lastEntries(db, PAGE);
  while (page.length > 0) {
    for (const { index, entry } of page) yield { index, entry: LogEntry.parse(JSON.parse(entry)) };
    page = await lastEntries(db, PAGE, page.at(-1)?.index);
  }
}

async function standing(db: LogDb): ReturnType<OwnLog['standing']> {
  const [{ size }, checkpoints, seen] = await Promise.all([headNow(db), witnessedCheckpoints(db), seenLogs(db)]);
  const witnessed = checkpoints.findLast(({ lines }) => lines.length > 0);
  return {
    size,
    checkpoint: checkpoints.at(-1)?.size ?? null,
    witnessed: witnessed === undefined ? null : { size: witnessed.size, by: witnessed.lines.length },
    faults: seen.flatMap(({ origin, fault }) => (fault === null ? [] : [{ origin, fault }])),
  };
}

/** Decisions name a catalogue by its hash; the node keeps every one that it has opened. */
async function* catalogues({
  db,
}: NodeDb): AsyncGenerator<Pick<ExportLine & { kind: 'snapshot' }, 'hash' | 'content'>> {
  for (const { hash } of await db.selectFrom('catalogue').select('hash').orderBy('hash').execute()) {
    const row = await db.selectFrom('catalogue').select('content').where('hash', '=', hash).executeTakeFirst();
    if (row !== undefined) yield { hash, content: row.content };
  }
}
