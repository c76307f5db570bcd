/** The log of before, a plain chain of hashes, carried over entry by entry into the tree; its openings go along. */
import { type AuditLogTables, appendLeaf, makeAuditLog } from '@revier/service-kit';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';

const Timed = z.object({ at: z.iso.datetime(), person: z.string().nullable() });
const Row = z.array(z.object({ entry: z.string() }));

/** Entries stay as they were, to the byte: the old hashes follow from them and can be computed again. */
export async function carryAuditOver(db: Kysely<unknown>, schema: string): Promise<void> {
  await makeAuditLog(db, schema);
  const log = db.$extendTables<{ [Table in keyof AuditLogTables]: AuditLogTables[Table] }>();
  const [audit, opening] = [sql.table(`${schema}.audit`), sql.table(`${schema}.audit_opening`)];
  const { rows } = await sql`select entry from ${audit} order by seq`.execute(db);
  for (const { entry } of Row.parse(rows)) {
    await appendLeaf(log, entry);
    const { at, person } = Timed.parse(JSON.parse(entry));
    if (person !== null)
      await sql`insert into ${sql.table(`${schema}.log_opening`)} (commitment, salt, person, at)
        select commitment, salt, person, ${new Date(at)} from ${opening} where commitment = ${person}`.execute(db);
  }
  await sql`drop table ${audit}, ${opening}`.execute(db);
  await sql`drop function ${sql.id(schema, 'refuse_change')}()`.execute(db);
}
