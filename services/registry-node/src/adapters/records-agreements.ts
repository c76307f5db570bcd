/** Agreements in the node's records: concluded once, and ever after living by numbered statements. */
import { canonicalText, isOver, lifeOf, mayFollow } from '@revier/core';
import { AppError, CompactJws, Sha256, StatusStatement } from '@revier/schema';
import { appendEntry } from '@revier/service-kit';
import type { Insertable, Kysely } from 'kysely';
import type { NodeTables } from '../db/tables.ts';
import type { AgreementStanding, Agreements, Conclusion, SignedStatus, StatusToEnter } from '../policy-ports.ts';
import { type AgreementReader, agreementReader } from './agreement-reader.ts';
import { decidedIn, logOf, type NodeDb } from './node-db.ts';

type Db = Kysely<NodeTables>;

/** @param now milliseconds since the epoch */
export function recordsAgreements(node: NodeDb, now: () => number, reader = agreementReader()): Agreements {
  const { db } = node;
  const decided = decidedIn(node, now);
  return {
    conclude: (conclusion) => decided((trx, at) => conclude(trx, conclusion, at)),
    find: (hash) => reader(db, hash),
    standing: (hash) => standingOf(db, reader, hash),
    list: () => list(db, reader),
    async inForce(register, dataset) {
      const standings = (await list(db, reader)).filter(
        ({ stored: { agreement }, life }) =>
          agreement['rv:register'] === register && agreement.target === dataset && life.status === 'ACTIVE',
      );
      return standings[0]?.stored;
    },
    async named(hashes, register, dataset) {
      const rows = await db
        .selectFrom('agreement')
        .select('hash')
        .where('register', '=', register)
        .where('dataset', '=', dataset)
        .execute();
      const wanted = new Set<string>(hashes);
      const found = rows.filter(({ hash }) => wanted.has(hash)).map(({ hash }) => reader(db, Sha256.parse(hash)));
      return (await Promise.all(found)).filter((one) => one !== undefined);
    },
    statuses: async (hash) => (await statusRows(db, hash)).map(signedOf),
    state: (status) => decided((trx, at) => enterStatus(trx, status, at)),
    keepSuspended: (hash, audit) =>
      decided(async (trx, at) => {
        await trx.updateTable('agreement_status').set({ cause: null }).where('agreement', '=', hash).execute();
        await appendEntry(logOf(trx), audit, at);
      }),
    async unsent() {
      const rows = await db.selectFrom('agreement_status').selectAll().where('sent', '=', false).execute();
      return rows.map(signedOf).sort((a, b) => a.statement.at.localeCompare(b.statement.at));
    },
    async sent(agreement, seq) {
      await db
        .updateTable('agreement_status')
        .set({ sent: true })
        .where('agreement', '=', agreement)
        .where('seq', '=', seq)
        .execute();
    },
  };
}

async function conclude(trx: Db, { agreement: stored, active, superseding }: Conclusion, at: Date) {
  const { hash, agreement } = stored;
  const known = await trx.selectFrom('agreement').select('hash').where('hash', '=', hash).executeTakeFirst();
  if (known !== undefined && (await statusRows(trx, hash)).length > 0) return 'known';
  if (superseding !== null && !(await enterStatus(trx, superseding, at))) return 'moved';
  if (known === undefined) {
    const lineage = await lineageOf(trx, hash, agreement['rv:replaces']);
    await trx.insertInto('agreement').values(rowOf(stored, lineage)).execute();
    for (const { statement, at: when, ...approval } of stored.approvals)
      await trx
        .insertInto('approval')
        .values({ agreement: hash, ...approval, statement: textOf(statement), at: new Date(when) })
        .execute();
  }
  if (!(await enterStatus(trx, active, at)))
    throw new AppError('INTERNAL', { detail: 'A first statement is no first.' });
  return 'concluded';
}

const textOf = (statement: unknown): string => (typeof statement === 'string' ? statement : JSON.stringify(statement));

/** Of the version before, where that is known; a second version names the first itself. */
async function lineageOf(trx: Db, hash: string, replaces: string | undefined): Promise<string> {
  if (replaces === undefined) return hash;
  const row = await trx.selectFrom('agreement').select('lineage').where('hash', '=', replaces).executeTakeFirst();
  return row?.lineage ?? replaces;
}

const rowOf = (
  { hash, agreement, signed, signedBy, author, application, activatedAt }: Conclusion['agreement'],
  lineage: string,
): Insertable<NodeTables['agreement']> => ({
  hash,
  register: agreement['rv:register'],
  dataset: agreement.target,
  version: agreement['rv:version'],
  content: canonicalText(agreement),
  signed: JSON.stringify(signed),
  signed_by: JSON.stringify(signedBy),
  lineage,
  author,
  application: application === null ? null : canonicalText(application.application),
  application_jws: application?.signed ?? null,
  activated_at: new Date(activatedAt),
});

/** Its number is the next one, and core says whether it may follow. */
async function enterStatus(trx: Db, { statement, jws, cause, audit }: StatusToEnter, at: Date): Promise<boolean> {
  const { agreement, seq, status } = statement;
  const life = lifeOf(
    agreement,
    (await statusRows(trx, agreement)).map((row) => signedOf(row).statement),
  );
  if (seq !== life.seq + 1 || !mayFollow(life.status, status)) return false;
  const content = canonicalText(statement);
  await trx
    .insertInto('agreement_status')
    .values({ agreement, seq, status, content, jws, cause, sent: false })
    .execute();
  await appendEntry(logOf(trx), audit, at);
  return true;
}

type StatusRow = Pick<NodeTables['agreement_status'], 'content' | 'jws' | 'cause' | 'seq'>;

const statusRows = (db: Db, agreement: string): Promise<StatusRow[]> =>
  db.selectFrom('agreement_status').selectAll().where('agreement', '=', agreement).orderBy('seq').execute();

const signedOf = ({ content, jws }: Pick<StatusRow, 'content' | 'jws'>): SignedStatus => ({
  statement: StatusStatement.parse(JSON.parse(content)),
  jws: CompactJws.parse(jws),
});

/** What was revoked before a restore stays so, whatever the statements say that came back. */
export async function standingOf(
  db: Db,
  reader: AgreementReader,
  hash: Sha256,
): Promise<AgreementStanding | undefined> {
  const stored = await reader(db, hash);
  if (stored === undefined) return undefined;
  const rows = await statusRows(db, hash);
  const life = lifeOf(
    hash,
    rows.map((row) => signedOf(row).statement),
  );
  const revoked = await db.selectFrom('revoked_agreement').select('hash').where('hash', '=', hash).executeTakeFirst();
  const isRevoked = revoked !== undefined && (life.status === null || !isOver(life.status));
  return {
    stored,
    life: isRevoked ? { ...life, status: 'REVOKED' } : life,
    cause: rows.find(({ seq }) => seq === life.seq)?.cause ?? null,
  };
}

async function list(db: Db, reader: AgreementReader): Promise<AgreementStanding[]> {
  const rows = await db
    .selectFrom('agreement')
    .select('hash')
    .orderBy('activated_at', 'desc')
    .orderBy('version', 'desc')
    .orderBy('hash')
    .execute();
  const standings: AgreementStanding[] = [];
  for (const { hash } of rows) {
    const standing = await standingOf(db, reader, Sha256.parse(hash));
    if (standing !== undefined) standings.push(standing);
  }
  return standings;
}
