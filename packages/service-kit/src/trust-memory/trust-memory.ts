/** What a participant has trusted, in its own records: every version of the trust list, each once, and the newest timestamp. */
import { contentHash, unverified } from '@revier/core';
import { AppError, CompactJws, GeneralJws, TrustList, type TrustView } from '@revier/schema';
import type { Kysely } from 'kysely';
import type { Records } from '../records/records.ts';

interface TrustTables {
  trust_list: { version: number; hash: string; jws: string; timestamp: string | null };
}

/** A migration for any schema of the records. */
export async function createTrustTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('trust_list')
    .addColumn('version', 'integer', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('jws', 'text', (column) => column.notNull())
    .addColumn('timestamp', 'text')
    .execute();
}

export interface RecordsTrustMemory {
  /** The newest list with its timestamp. */
  load(): Promise<TrustView | undefined>;
  /** @throws AppError REPLAYED when there is another list under this version */
  store(view: TrustView): Promise<void>;
  /** A list as it was signed. */
  version(version: number): Promise<GeneralJws | undefined>;
}

/** Stores what has been verified; reads it back by its schema. */
export function recordsTrustMemory(records: Records, schema: string): RecordsTrustMemory {
  const db = records.db<TrustTables>().withSchema(schema);
  return {
    async load() {
      const row = await db.selectFrom('trust_list').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirst();
      return row && { trustList: jwsOf(row.jws), timestamp: CompactJws.nullable().parse(row.timestamp) };
    },
    async store({ trustList, timestamp }) {
      const { version, hash } = nameOf(trustList);
      const { hash: kept } = await db
        .insertInto('trust_list')
        .values({ version, hash, jws: JSON.stringify(trustList), timestamp })
        // What is there stays; a timestamp is never taken away.
        .onConflict((conflict) =>
          conflict.column('version').doUpdateSet(({ ref, fn }) => ({
            timestamp: fn.coalesce(ref('excluded.timestamp'), ref('trust_list.timestamp')),
          })),
        )
        .returning('hash')
        .executeTakeFirstOrThrow();
      if (kept !== hash) throw new AppError('REPLAYED', { detail: 'Another trust list is known under this version.' });
    },
    async version(version) {
      const row = await db.selectFrom('trust_list').select('jws').where('version', '=', version).executeTakeFirst();
      return row && jwsOf(row.jws);
    },
  };
}

const jwsOf = (text: string): GeneralJws => GeneralJws.parse(JSON.parse(text));

function nameOf(signed: GeneralJws): { version: number; hash: string } {
  const list = TrustList.parse(unverified(signed));
  return { version: list.version, hash: contentHash(list) };
}
