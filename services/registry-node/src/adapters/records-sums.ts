/** Secure sums in the node's records. What opens a cell stands in one transaction with its audit entry. */
import { type SumRoster, SumSecret } from '@revier/connector-sdk';
import { contentHash } from '@revier/core';
import { CompactJws, Sha256, SumPart } from '@revier/schema';
import { appendEntry } from '@revier/service-kit';
import { type Kysely, type Selectable, sql } from 'kysely';
import { z } from 'zod';
import type { NodeTables } from '../db/tables.ts';
import type {
  AttemptName,
  AttemptToEnter,
  CellsOpened,
  MaskedAttempt,
  OpeningToEnter,
  SumAttempt,
  Sums,
} from '../sum-ports.ts';
import { decidedIn, logOf, type NodeDb } from './node-db.ts';
import { holdMaskedIn } from './records-masked.ts';

type Db = Kysely<NodeTables>;

/** @param now milliseconds since the epoch */
export function recordsSums(node: NodeDb, now: () => number): Sums {
  const { db, schema } = node;
  const decided = decidedIn(node, now);
  return {
    find: (name) => find(db, name),
    accept: (attempt) => node.transaction((trx) => accept(trx, attempt, new Date(now()))),
    mask: (name, masked, audit) =>
      decided(async (trx, at) => {
        if (await keepMasked(trx, name, masked)) await appendEntry(logOf(trx), audit, at);
        await put(trx, { ...messageOf(name, 'release'), jws: masked.header, body_hash: masked.body.hash });
      }),
    async openAgain(name, opening) {
      const { id } = messageOf(name, 'opening');
      if (opening === undefined)
        await db
          .updateTable('message')
          .set({ state: 'pending' })
          .where('id', '=', id)
          .where('state', '=', 'done')
          .execute();
      else await put(db, { ...messageOf(name, 'opening'), id: `${id}:${contentHash(opening)}`, jws: opening });
    },
    async partOf(body) {
      const row = await db
        .selectFrom('sum_attempt')
        .select('masked')
        .where('body_hash', '=', body)
        .where('opened', '=', true)
        .executeTakeFirst();
      return row?.masked ? Kept.parse(JSON.parse(row.masked)).sum : undefined;
    },
    hold: holdMaskedIn(node),
    isOpenedOtherwise: (opened) => isOpenedOtherwise(db, schema, opened),
  };
}

const Kept = z.strictObject({
  seed: z.string(),
  roster: z.strictObject({
    submission: Sha256,
    attempt: z.int(),
    digest: Sha256,
    keys: z.array(z.tuple([z.string(), z.string()])),
  }),
  sum: SumPart,
  header: CompactJws,
});

async function find(db: Db, { taskId, attempt }: AttemptName): Promise<SumAttempt | undefined> {
  const row = await db
    .selectFrom('sum_attempt')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('attempt', '=', attempt)
    .executeTakeFirst();
  // Its time is over, and its keys are forgotten.
  if (row === undefined || row.secret === '') return undefined;
  const secret = SumSecret.parse(JSON.parse(row.secret));
  return { secret, receipt: CompactJws.parse(row.receipt), masked: maskedIn(row), isOpened: row.opened };
}

function maskedIn({ masked, body, body_hash, cells }: Selectable<NodeTables['sum_attempt']>): MaskedAttempt | null {
  if (masked === null || body === null || cells === null) return null;
  const { roster, ...kept } = Kept.parse(JSON.parse(masked));
  const opened: SumRoster = { ...roster, keys: new Map(roster.keys) };
  const names = cells === '' ? [] : cells.split(' ').map((cell): Sha256 => `sha256:${cell}`);
  return { ...kept, roster: opened, body: { bytes: body, hash: Sha256.parse(body_hash) }, cells: names };
}

async function accept(
  trx: Db,
  { taskId, attempt, secret, receipt, expires }: AttemptToEnter,
  now: Date,
): Promise<void> {
  await trx
    .updateTable('sum_attempt')
    .set({ secret: '' })
    .where('expires', '<', now)
    .where('secret', '<>', '')
    .execute();
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('sum_attempt')
    .values({
      ...{ task_id: taskId, attempt, secret: JSON.stringify(secret), receipt, expires: new Date(expires * 1000) },
      ...{ masked: null, cells: null, body_hash: null, body: null, opened: false },
    })
    .onConflict((conflict) => conflict.constraint('sum_attempt_key').doNothing())
    .executeTakeFirst();
  const kept = numInsertedOrUpdatedRows === 1n ? receipt : (await find(trx, { taskId, attempt }))?.receipt;
  if (kept !== undefined) await put(trx, { ...messageOf({ taskId, attempt }, 'receipt'), jws: kept });
}

/** False where it was masked before. */
async function keepMasked(trx: Db, { taskId, attempt }: AttemptName, masked: MaskedAttempt): Promise<boolean> {
  const { seed, roster, sum, header, body, cells } = masked;
  const kept: z.input<typeof Kept> = { seed, roster: { ...roster, keys: [...roster.keys] }, sum, header };
  const { numUpdatedRows } = await trx
    .updateTable('sum_attempt')
    .set({
      masked: JSON.stringify(kept),
      cells: cells.map((cell) => cell.slice('sha256:'.length)).join(' '),
      body_hash: body.hash,
      body: Buffer.from(body.bytes),
    })
    .where('task_id', '=', taskId)
    .where('attempt', '=', attempt)
    .where('masked', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** One set of members for a cell and epoch: two would subtract to whoever is in one of them only. */
async function isOpenedOtherwise(db: Db, schema: string, { dataset, epoch, cells, members }: CellsOpened) {
  const { rows } = await sql`
    select 1 from ${sql.table(`${schema}.opened_cell`)}
    where dataset = ${dataset} and epoch = ${epoch} and members <> ${setOf(members)}
      and cell = any(string_to_array(${cells.join(' ')}, ' ')) limit 1`.execute(db);
  return rows.length > 0;
}

const setOf = (members: readonly string[]): Sha256 => contentHash(members.toSorted());

/** Within the transaction of the release. False where a cell was opened with other members, or another attempt has opened the table. */
export async function enterOpening(trx: Db, schema: string, opening: OpeningToEnter): Promise<boolean> {
  if (await isOpenedOtherwise(trx, schema, opening)) return false;
  const { dataset, epoch, cells, members } = opening;
  await sql`
    insert into ${sql.table(`${schema}.opened_cell`)} (dataset, epoch, cell, members)
    select ${dataset}, ${epoch}, cell, ${setOf(members)} from unnest(string_to_array(${cells.join(' ')}, ' ')) as cell
    on conflict do nothing`.execute(trx);
  await trx
    .updateTable('sum_attempt')
    .set({ opened: true })
    .where('task_id', '=', opening.taskId)
    .where('attempt', '=', opening.attempt)
    .execute();
  await put(trx, { ...messageOf(opening, 'opening'), jws: opening.opening });
  return true;
}

const messageOf = ({ taskId, attempt }: AttemptName, kind: 'receipt' | 'release' | 'opening') =>
  ({ id: `${taskId}:${kind}:${attempt}`, task_id: taskId, kind, body_hash: null, state: 'pending' }) as const;

/** One that is there already leaves again, unless it was kept back for good. */
async function put(
  trx: Db,
  message: {
    id: string;
    task_id: string;
    kind: 'receipt' | 'release' | 'opening';
    jws: string;
    body_hash: string | null;
    state: 'pending';
  },
) {
  await trx
    .insertInto('message')
    .values(message)
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({ state: sql`case when message.state = 'dropped' then 'dropped' else 'pending' end` }),
    )
    .execute();
}
