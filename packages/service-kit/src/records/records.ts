/** The records of a service: one PostgreSQL pool, on a server or embedded, and what both have in common. */
import { type Kysely, Kysely as KyselyDatabase, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import { Notifications } from './notifications.ts';

export interface Records {
  readonly kind: 'postgres' | 'pglite';
  /** A real `pg` pool either way: the embedded one speaks to PGlite over a wire in memory. */
  readonly pool: Pool;
  /** A query builder over the pool. Name the schema with `.withSchema()`; close the records, never `db.destroy()`. */
  db<DB>(): Kysely<DB>;
  /**
   * Hears a channel until the returned function is called. After a lost connection `fn` is called once with an empty
   * payload, as something may have been missed: treat a notification as "look again", never as the news itself.
   */
  listen(channel: string, fn: (payload: string) => void): Promise<() => Promise<void>>;
  /** At most 7,999 bytes of payload (PostgreSQL's limit). */
  notify(channel: string, payload: string): Promise<void>;
  /** Ends the pool; the embedded database is closed and its folder given back. */
  close(): Promise<void>;
}

export interface RecordsParts {
  readonly kind: Records['kind'];
  readonly pool: Pool;
  readonly onError: (error: Error) => void;
  /** What is left to do when the pool has ended. */
  readonly afterClose: () => Promise<void>;
}

/** Puts the records together; `pool` belongs to them from now on. */
export function recordsOver({ kind, pool, onError, afterClose }: RecordsParts): Records {
  // Without listeners a dropped connection would end the process: an idle one, and one in hand between two statements,
  // whose next statement says so to whoever has it in hand.
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', () => {}));
  // Each queue adds a listener of its own.
  pool.setMaxListeners(100);
  const notifications = new Notifications(pool, onError);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await notifications.close();
    await pool.end();
    await afterClose();
  };
  return {
    kind,
    pool,
    db: <DB>() => new KyselyDatabase<DB>({ dialect: new PostgresDialect({ pool }) }),
    listen: (channel, fn) => notifications.listen(channel, fn),
    notify: async (channel, payload) => {
      await pool.query('select pg_notify($1, $2)', [channel, payload]);
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
