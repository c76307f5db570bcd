/** What is published, in PostgreSQL. */
import { VocabularyDocument } from '@revier/connector-sdk';
import { unverified } from '@revier/core';
import {
  Agreement,
  Catalogue,
  type CatalogueVersion,
  CompactJws,
  DatasetDescription,
  GeneralJws,
  ParticipantId,
  type RegisterId,
  Sha256,
} from '@revier/schema';
import { appendEntry, type Records, snapshotsOf } from '@revier/service-kit';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { CatalogueStore, PublishedAgreement, PublishedDocument, Publishing } from '../catalogue-ports.ts';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import { nameOf } from '../vocabulary/built-in.ts';
import { logOf } from './records-log.ts';

type Db = Kysely<BrokerTables>;

export function catalogueStore(records: Records): CatalogueStore {
  const db = records.db<BrokerTables>().withSchema(SCHEMA);
  const read: Readers = { documentOf: readOnce(documentIn), agreementOf: readOnce(agreementIn) };
  const { documentOf, agreementOf } = read;
  return {
    latest: () => latestIn(db),
    version: async (hash) => {
      const row = await db.selectFrom('catalogues').selectAll().where('hash', '=', hash).executeTakeFirst();
      return row && versionOf(row);
    },
    document: async (hash) => {
      const row = await db.selectFrom('documents').select('jws').where('hash', '=', hash).executeTakeFirst();
      return row && CompactJws.parse(row.jws);
    },
    documents: async (hashes) => {
      if (hashes.length === 0) return [];
      const rows = await db
        .selectFrom('documents')
        .selectAll()
        .where('hash', 'in', [...hashes])
        .execute();
      return rows.map((row) => documentOf(row).document);
    },
    agreements: (register) => agreementsIn(db, agreementOf, register),
    publish: (work) =>
      db.transaction().execute(async (transaction) => {
        await sql`lock table ${sql.table(`${SCHEMA}.catalogues`)} in share row exclusive mode`.execute(transaction);
        return work(await publishing(transaction, read));
      }),
  };
}

const publishing = async (
  db: Transaction<BrokerTables>,
  { documentOf, agreementOf }: Readers,
): Promise<Publishing> => ({
  latest: await latestIn(db),
  documents: async () =>
    (await db.selectFrom('documents').selectAll().where('current', '=', true).execute()).map(documentOf),
  agreements: () => agreementsIn(db, agreementOf),
  tell: async ({ entry, at }) => void (await appendEntry(logOf(db), entry, new Date(at))),
  wasTold: async (hash) => (await snapshotsOf(logOf(db), [hash])).size > 0,
  put: (document) => putDocument(db, document),
  putAgreements: async (dataset, agreements) => {
    await db.deleteFrom('agreements').where('dataset', '=', dataset).execute();
    if (agreements.length > 0) await db.insertInto('agreements').values(agreements.map(agreementRow)).execute();
  },
  putVersion: async ({ hash, catalogue }) => {
    const row = { version: catalogue.version, hash, catalogue: JSON.stringify(catalogue) };
    await db.insertInto('catalogues').values(row).execute();
  },
});

async function latestIn(db: Db): Promise<CatalogueVersion | undefined> {
  const row = await db.selectFrom('catalogues').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirst();
  return row && versionOf(row);
}

async function agreementsIn(
  db: Db,
  readAgreement: ReadAgreement,
  register?: RegisterId,
): Promise<PublishedAgreement[]> {
  const all = db.selectFrom('agreements').selectAll().orderBy('register').orderBy('holder').orderBy('dataset');
  const rows = await (register === undefined ? all : all.where('register', '=', register)).execute();
  return rows.map(readAgreement);
}

async function putDocument(db: Db, { hash, signer, jws, document }: PublishedDocument): Promise<void> {
  const [kind, name] = [document.kind, nameOf(document)];
  await db
    .updateTable('documents')
    .set({ current: false })
    .where('kind', '=', kind)
    .where('name', '=', name)
    .where('current', '=', true)
    .execute();
  await db
    .insertInto('documents')
    .values({ hash, kind, name, signer, jws, current: true })
    .onConflict((conflict) => conflict.column('hash').doUpdateSet({ current: true }))
    .execute();
}

const versionOf = ({ hash, catalogue }: Selectable<BrokerTables['catalogues']>): CatalogueVersion => ({
  hash: Sha256.parse(hash),
  catalogue: Catalogue.parse(JSON.parse(catalogue)),
});

const Document = z.union([VocabularyDocument, DatasetDescription]);

type DocumentRow = Selectable<BrokerTables['documents']>;
type AgreementRow = Selectable<BrokerTables['agreements']>;
type ReadAgreement = (row: AgreementRow) => PublishedAgreement;

interface Readers {
  readonly documentOf: (row: DocumentRow) => PublishedDocument;
  readonly agreementOf: ReadAgreement;
}

/** Of what every new version, and every query of a large register, needs again. */
const KEPT = 2_000;

/** What is published never changes under its hash and signatures, so it is parsed once. */
function readOnce<R extends { readonly hash: string; readonly jws: string }, T>(read: (row: R) => T): (row: R) => T {
  const known = new Map<string, { readonly jws: string; readonly read: T }>();
  return (row) => {
    const before = known.get(row.hash);
    const found = before?.jws === row.jws ? before : { jws: row.jws, read: read(row) };
    known.delete(row.hash);
    known.set(row.hash, found);
    const [oldest] = known.size > KEPT ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    return found.read;
  };
}

/** Verified when it was stored; here only read again. */
const documentIn = ({ hash, signer, jws }: DocumentRow): PublishedDocument => ({
  hash: Sha256.parse(hash),
  signer: ParticipantId.parse(signer),
  jws: CompactJws.parse(jws),
  document: Document.parse(unverified(jws)),
});

const agreementRow = ({ hash, agreement, jws }: PublishedAgreement) => ({
  hash,
  dataset: agreement.target,
  register: agreement['rv:register'],
  holder: agreement.assigner,
  jws: JSON.stringify(jws),
});

function agreementIn({ hash, jws: text }: AgreementRow): PublishedAgreement {
  const jws = GeneralJws.parse(JSON.parse(text));
  return { hash: Sha256.parse(hash), agreement: Agreement.parse(unverified(jws)), jws };
}
