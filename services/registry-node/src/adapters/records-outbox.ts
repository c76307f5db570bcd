/** The outbox in the node's records. Messages come into it through the book alone, in the transaction of their entry. */
import type { OutboxItem, Outgoing } from '@revier/connector-sdk';
import { AppError } from '@revier/schema';
import type { NodeDb } from './node-db.ts';

export interface RecordsOutbox extends Outgoing {
  /** Messages that have not left. */
  depth(): Promise<number>;
}

/** What the task loop needs: it sends and forgets, but it cannot put anything in. */
export const recordsOutbox = ({ db }: NodeDb): RecordsOutbox => {
  const next = (after: string) =>
    db
      .selectFrom('message')
      .selectAll()
      .where('state', '=', 'pending')
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(1)
      .executeTakeFirst();
  const bodyOf = async (hash: string | null): Promise<Uint8Array> => {
    const inTable = (table: 'answer' | 'sum_attempt') =>
      db
        .selectFrom(table)
        .select('body')
        .where('body_hash', '=', hash ?? '')
        .limit(1)
        .executeTakeFirst();
    // A masked part is no answer before it is opened.
    const row = (await inTable('answer')) ?? (await inTable('sum_attempt'));
    if (!row?.body) throw new AppError('INTERNAL', { detail: 'A release has lost its body.' });
    return row.body;
  };
  async function* pending(): AsyncGenerator<OutboxItem> {
    for (let row = await next('0'); row !== undefined; row = await next(row.seq)) {
      const { id, task_id: taskId, jws } = row;
      if (row.kind === 'receipt') yield { id, taskId, kind: 'receipt', receipt: jws };
      else if (row.kind === 'opening') yield { id, taskId, kind: 'opening', opening: jws };
      else yield { id, taskId, kind: 'release', header: jws, body: await bodyOf(row.body_hash) };
    }
  }
  return {
    pending,
    async depth() {
      const pending = db.selectFrom('message').where('state', '=', 'pending');
      const { count } = await pending.select(({ fn }) => fn.countAll().as('count')).executeTakeFirstOrThrow();
      return Number(count);
    },
    async done(id) {
      await db
        .updateTable('message')
        .set({ state: 'done' })
        .where('id', '=', id)
        .where('state', '=', 'pending')
        .execute();
    },
  };
};
