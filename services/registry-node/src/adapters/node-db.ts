/** The node's own schema as a query builder: every statement names it. */
import { randomBytes } from 'node:crypto';
import { AppError } from '@revier/schema';
import { type AuditLogTables, type LogDb, lockLog, type Records } from '@revier/service-kit';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { NodeTables } from '../db/tables.ts';

export interface NodeDb {
  /** Bound to the schema. */
  readonly db: Kysely<NodeTables>;
  /** Name of the schema, for the few statements that are written out. */
  readonly schema: string;
  /** Runs in one transaction, bound to the schema as well. */
  transaction<T>(work: (db: Kysely<NodeTables>) => Promise<T>): Promise<T>;
  /** After a failure for want of room, until something of some size can be written again. @throws AppError NOT_READY */
  assertRoom(): Promise<void>;
}

/** The tables of the audit log alone; bound to the same schema and transaction. */
export const logOf = (db: Kysely<NodeTables>): LogDb => db.$pickTables<keyof AuditLogTables>();

/**
 * Decides in one transaction under the lock of the log, and at one moment: nothing else is entered from what the work reads until it is done.
 * @param now milliseconds since the epoch
 */
export const decidedIn =
  (node: NodeDb, now: () => number) =>
  <T>(work: (trx: Kysely<NodeTables>, at: Date) => Promise<T>): Promise<T> =>
    node.transaction(async (trx) => {
      await lockLog(logOf(trx));
      return work(trx, new Date(now()));
    });

/** Until the end of the transaction; the log stays free. */
export const lockNamed = (trx: Kysely<NodeTables>, name: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(trx);

/** PostgreSQL, Appendix A, class 53: no room on disk or in memory, no connection left. */
const INSUFFICIENT = /^53/;

export function nodeDb(records: Records, schema: string): NodeDb {
  const db = records.db<NodeTables>();
  let full = false;
  const transaction: NodeDb['transaction'] = async (work) => {
    try {
      const done = await db.transaction().execute((trx: Transaction<NodeTables>) => work(trx.withSchema(schema)));
      full = false;
      return done;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      full ||= INSUFFICIENT.test(code);
      throw error;
    }
  };
  return {
    schema,
    db: db.withSchema(schema),
    transaction,
    async assertRoom() {
      if (!full) return;
      const written = await transaction(tryOut).then(
        () => true,
        (error: unknown) => error === undone,
      );
      full = !written;
      if (full) throw new AppError('NOT_READY', { detail: 'The records have no room.' });
    },
  };
}

const undone = new Error('tried out');

/** Some 100 KB that cannot be compressed, taken back at once. */
async function tryOut(trx: Kysely<NodeTables>): Promise<never> {
  const rows = Array.from({ length: 16 }, (_, at) => ({
    hash: `room ${at}`,
    jws: randomBytes(6000).toString('base64'),
  }));
  await trx.insertInto('document').values(rows).execute();
  throw undone;
}
