/** The keysmith's visit: gives each record of an approved view the key that only the node can make, and the data their epoch. */
import { AppError } from '@revier/schema';
import pg from 'pg';
import { z } from 'zod';
import { type ApprovedView, keysPath, quoted, RECORD_KEY, viewPath } from './approved-view.ts';
import { contentEpoch, storeEpoch } from './content-epoch.ts';

export interface FillRequest extends ApprovedView {
  /** Of a role that may read the view and write the tables of its keys and epoch; never the reading role. */
  readonly connectionString: string;
  /** Key of a record, an unsigned 32-bit number (disclosure.md 1.2). It must stay the same for as long as the records do. */
  readonly recordKey: (recordId: string) => number;
}

export interface FillOutcome {
  /** Records that had no key before. */
  readonly filled: number;
  /** Names the content of the view, 16 hex digits: the description of the dataset has to say it. */
  readonly epoch: string;
}

const BATCH = 10_000;
const Batch = z.array(z.object({ id: z.string() }));
const Identifiers = z.tuple([z.object({ isMissing: z.boolean(), isRepeated: z.boolean() })]);

function keyOf(recordKey: FillRequest['recordKey'], id: string): number {
  const key = recordKey(id);
  if (key !== key >>> 0) throw new AppError('INTERNAL', { detail: 'A record key is no unsigned 32-bit number.' });
  return key;
}

/** Two rows of one record would share their noise; which one is right cannot be told, so nothing is filled. */
async function refuseUnlessUnique(client: pg.ClientBase, request: FillRequest, record: string): Promise<void> {
  const [id, view] = [quoted(record), viewPath(request)];
  const answer = await client.query(
    `select exists (select from ${view} where ${id} is null) as "isMissing",
       exists (select from ${view} where ${id} is not null group by ${id} having count(*) > 1) as "isRepeated"`,
  );
  const [{ isMissing, isRepeated }] = Identifiers.parse(answer.rows);
  if (isMissing) throw AppError.at('VIEW_UNFIT', `/view/${record}`, 'There are records without an identifier.');
  if (isRepeated) throw AppError.at('VIEW_UNFIT', `/view/${record}`, 'There are records with the same identifier.');
}

/** In one pass over the view: a cursor sees it as it was before the first key. */
async function fill(client: pg.ClientBase, request: FillRequest, record: string): Promise<number> {
  await client.query(
    `declare unkeyed no scroll cursor for
     select ${quoted(record)}::text as id from ${viewPath(request)} where ${RECORD_KEY} is null`,
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

/** One snapshot throughout: keys and epoch are of the same rows, whatever is loaded meanwhile. */
async function fillAll(client: pg.ClientBase, request: FillRequest): Promise<FillOutcome> {
  const { record } = request.model;
  await client.query('begin transaction isolation level repeatable read');
  if (record !== null) await refuseUnlessUnique(client, request, record);
  const filled = record === null ? 0 : await fill(client, request, record);
  const epoch = await contentEpoch(client, request);
  await storeEpoch(client, request, epoch);
  await client.query('commit');
  return { filled, epoch };
}

/**
 * Keys every record that has none yet and stores the epoch, all of it or nothing; to be run after each change of the data.
 * @throws AppError VIEW_UNFIT where record identifiers are missing or repeated, DATA_UNREADABLE where the database refuses; it
 * says nothing that the server said
 */
export async function fillRecordKeys(request: FillRequest): Promise<FillOutcome> {
  const client = new pg.Client({ connectionString: request.connectionString, application_name: 'revier' });
  client.on('error', () => {});
  try {
    await client.connect();
    return await fillAll(client, request);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('DATA_UNREADABLE', { detail: 'The record keys could not be written.' });
  } finally {
    await client.end();
  }
}
