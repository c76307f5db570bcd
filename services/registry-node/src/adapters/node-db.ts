/** The node's own schema as a query builder: every statement names it. */
import type { AuditLogTables, LogDb, Records } from '@revier/service-kit';
import type { Kysely, Transaction } from 'kysely';
import type { NodeTables } from '../db/tables.ts';

export interface NodeDb {
  /** Bound to the schema. */
  readonly db: Kysely<NodeTables>;
  /** Name of the schema, for the few statements that are written out. */
  readonly schema: string;
  /** Runs in one transaction, bound to the schema as well. */
  transaction<T>(work: (db: Kysely<NodeTables>) => Promise<T>): Promise<T>;
}

/** The tables of the audit log alone; bound to the same schema and transaction. */
export const logOf = (db: Kysely<NodeTables>): LogDb => db.$pickTables<keyof AuditLogTables>();

export function nodeDb(records: Records, schema: string): NodeDb {
  const db = records.db<NodeTables>();
  return {
    schema,
    db: db.withSchema(schema),
    transaction: (work) =>
      db.transaction().execute((transaction: Transaction<NodeTables>) => work(transaction.withSchema(schema))),
  };
}
