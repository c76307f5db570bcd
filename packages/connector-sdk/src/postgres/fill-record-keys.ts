/** The keysmith's visit: gives each record of an approved view the key that only the node can make. */
import { AppError } from '@revier/schema';
import pg from 'pg';
import { z } from 'zod';
import { type ApprovedView, keysPath, RECORD_KEY, viewPath } from './approved-view.ts';

export interface FillRequest extends ApprovedView {
  /** Of a role that may read the view and write its table of keys; never the reading role. */
  readonly connectionString: string;
  /** Key of a record, an unsigned 32-bit number (disclosure.md 1.2). It must stay the same for as long as the records do. */
  readonly recordKey: (recordId: string) => number;
}

const BATCH = 10_000;
const Batch = z.array(z.object({ id: z.string() }));

function keyOf(recordKey: FillRequest['recordKey'], id: string): number {
  const key = recordKey(id);
  if (key !== key >>> 0) throw new AppError('INTERNAL', { detail: 'A record key is no unsigned 32-bit number.' });
  return key;
}

/** In one pass over the view: a cursor sees it as it was before the first key. */
async function fill(client: pg.ClientBase, request: FillRequest, record: string): Promise<number> {
  const id = `"${record}"`;
  await client.query(
    `declare unkeyed no scroll cursor for
     select ${id}::text as id from ${viewPath(request)} where ${RECORD_KEY} is null and ${id} is not null`,
  );
  for (let filled = 0; ; ) {
    const { rows } = await client.query(`fetch ${BATCH} from unkeyed`);
    const ids = Batch.parse(rows).map((row) => row.id);
    if (ids.length === 0) return filled;
    const keys = ids.map((each) => keyOf(request.recordKey, each));
    const written = await client.query(
      `insert into ${keysPath(request)} (record, ${RECORD_KEY})
       select * from unnest($1::text[], $2::bigint[]) on conflict do nothing`,
      [ids, keys],
    );
    filled += written.rowCount ?? 0;
  }
}

/**
 * Keys every record that has none yet, all or none of them; to be run after each change of the data. Returns how many were keyed.
 * @throws AppError DATA_UNREADABLE where the database refuses; it says nothing that the server said
 */
export async function fillRecordKeys(request: FillRequest): Promise<number> {
  const { record } = request.model;
  if (record === null) return 0;
  const client = new pg.Client({ connectionString: request.connectionString, application_name: 'revier' });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('begin');
    const filled = await fill(client, request, record);
    await client.query('commit');
    return filled;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('DATA_UNREADABLE', { detail: 'The record keys could not be written.' });
  } finally {
    await client.end();
  }
}
