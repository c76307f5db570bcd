/** Letters in the broker's records. */
import { CompactJws, type LetterList, ParticipantId } from '@revier/schema';
import { appendEntry, type Records } from '@revier/service-kit';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import type { CarriedLetter, Letters } from '../letter-ports.ts';
import type { Limits } from '../limits.ts';
import { applicantIn, applicationsIn, negotiationsIn, takeStep } from './letter-views.ts';
import { logOf } from './records-log.ts';

const MOST_LETTERS = 100;
/** Of one answer, in characters; one letter always fits. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

export function letterStore(records: Records, { keptLetters }: Pick<Limits, 'keptLetters'>): Letters {
  const root = records.db<BrokerTables>();
  const db = root.withSchema(SCHEMA);
  return {
    put: (letter, step, { entry, at }) =>
      root.transaction().execute(async (transaction) => {
        const within = transaction.withSchema(SCHEMA);
        const last = await lockBox(within, letter.to);
        const refused = await whyNot(within, letter, keptLetters);
        if (refused !== undefined) return refused;
        await insert(within, letter, last + 1, new Date(at));
        if (step !== undefined) await takeStep(within, step, new Date(at));
        await appendEntry(logOf(within), entry, new Date(at));
        return 'put';
      }),
    to: (recipient, after) => lettersIn(db, recipient, after),
    applicantOf: (register) => applicantIn(db, register),
    applications: () => applicationsIn(db),
    negotiations: () => negotiationsIn(db),
    prune: async (before) => {
      await db.deleteFrom('letters').where('came', '<', new Date(before)).execute();
    },
  };
}

/** Who comes later waits here until the letter before is in. */
async function lockBox(db: Transaction<BrokerTables>, recipient: string): Promise<number> {
  const { last } = await db
    .insertInto('letter_boxes')
    .values({ recipient, last: 0 })
    .onConflict((conflict) => conflict.column('recipient').doUpdateSet({ last: sql`letter_boxes.last` }))
    .returning('last')
    .executeTakeFirstOrThrow();
  return Number(last);
}

async function whyNot(
  db: Transaction<BrokerTables>,
  { to, from, hash }: CarriedLetter,
  most: number,
): Promise<'there' | 'full' | undefined> {
  const box = db.selectFrom('letters').where('recipient', '=', to);
  const before = await box.where('hash', '=', hash).select('seq').executeTakeFirst();
  if (before !== undefined) return 'there';
  const { kept } = await box
    .where('sender', '=', from)
    .select(({ fn }) => fn.countAll<string>().as('kept'))
    .executeTakeFirstOrThrow();
  return Number(kept) >= most ? 'full' : undefined;
}

async function insert(
  db: Transaction<BrokerTables>,
  { to: recipient, from: sender, kind, hash, jws }: CarriedLetter,
  seq: number,
  came: Date,
): Promise<void> {
  await db.updateTable('letter_boxes').set({ last: seq }).where('recipient', '=', recipient).execute();
  await db.insertInto('letters').values({ recipient, seq, hash, sender, kind, size: jws.length, jws, came }).execute();
}

/** Sizes first, so that a page of large letters is not read to be thrown away. */
async function lettersIn(db: Kysely<BrokerTables>, recipient: string, after: number): Promise<LetterList['letters']> {
  const waiting = await lettersAfter(db, recipient, after).select(['seq', 'size']).limit(MOST_LETTERS).execute();
  const end = endOfPage(waiting);
  if (end === undefined) return [];
  const rows = await lettersAfter(db, recipient, after)
    .where('seq', '<=', end)
    .select(['seq', 'sender', 'jws', 'came'])
    .execute();
  return rows.map(({ seq, sender, jws, came }) => ({
    seq: Number(seq),
    from: ParticipantId.parse(sender),
    letter: CompactJws.parse(jws),
    came: came.toISOString(),
  }));
}

// As a text, which is how large integers come and go.
const lettersAfter = (db: Kysely<BrokerTables>, recipient: string, after: number) =>
  db.selectFrom('letters').where('recipient', '=', recipient).where('seq', '>', String(after)).orderBy('seq');

/** The last number that fits, or undefined when nothing waits. */
function endOfPage(waiting: readonly { readonly seq: string; readonly size: number }[]): string | undefined {
  let [characters, end] = [0, waiting[0]?.seq];
  for (const { seq, size } of waiting) {
    characters += size;
    if (characters > MOST_CHARACTERS) break;
    end = seq;
  }
  return end;
}
