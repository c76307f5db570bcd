/** Agreements at work: lineages, numbered statements, approvals, charges and duties; those kept before are carried over. */
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';

export async function agreementsAtWork(db: Kysely<unknown>, schema: string): Promise<void> {
  await db.schema
    .alterTable('agreement')
    .addColumn('signed_by', 'text')
    .addColumn('lineage', 'text')
    .addColumn('author', 'text')
    .addColumn('application', 'text')
    .addColumn('application_jws', 'text')
    .addColumn('activated_at', 'timestamptz')
    .execute();
  await carryAgreementsOver(db, schema);
  await db.schema
    .alterTable('agreement')
    .dropColumn('in_force')
    .alterColumn('signed_by', (column) => column.setNotNull())
    .alterColumn('lineage', (column) => column.setNotNull())
    .alterColumn('activated_at', (column) => column.setNotNull())
    .execute();
  await db.schema.createIndex('agreement_register').on('agreement').columns(['register', 'dataset']).execute();
  await statusesAndApprovals(db);
  await chargesAndDuties(db);
}

async function statusesAndApprovals(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('agreement_status')
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('jws', 'text', (column) => column.notNull())
    .addColumn('cause', 'text')
    .addColumn('sent', 'boolean', (column) => column.notNull())
    .addPrimaryKeyConstraint('agreement_status_key', ['agreement', 'seq'])
    .execute();
  await db.schema
    .createTable('approval')
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('kid', 'text', (column) => column.notNull())
    .addColumn('statement', 'text', (column) => column.notNull())
    .addColumn('at', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('approval_key', ['agreement', 'role', 'kid'])
    .execute();
}

async function chargesAndDuties(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('charge')
    .addColumn('submission_id', 'text', (column) => column.notNull())
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('lineage', 'text', (column) => column.notNull())
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('cells', 'integer', (column) => column.notNull())
    .addColumn('at', 'timestamptz', (column) => column.notNull())
    .addColumn('released_at', 'timestamptz')
    .addColumn('body_hash', 'text')
    .addPrimaryKeyConstraint('charge_key', ['submission_id', 'dataset'])
    .execute();
  await db.schema.createIndex('charge_lineage').on('charge').columns(['lineage', 'at']).execute();
  await db.schema
    .createTable('duty')
    .addColumn('lineage', 'text', (column) => column.notNull())
    .addColumn('duty', 'text', (column) => column.notNull())
    .addColumn('due_since', 'timestamptz')
    .addColumn('done_at', 'timestamptz')
    .addColumn('report', 'text')
    .addPrimaryKeyConstraint('duty_key', ['lineage', 'duty'])
    .execute();
  await db.schema.alterTable('task').addColumn('agreement', 'text').execute();
}

const Kept = z.array(z.object({ hash: z.string(), content: z.string(), in_force: z.boolean() }));
const Terms = z.object({
  assigner: z.string(),
  assignee: z.string(),
  timestamp: z.string(),
  'rv:version': z.number(),
  'rv:replaces': z.string().optional(),
});

/** What was no longer given as a file was no longer in force, and stays so; the others get their first statement at the next start. */
async function carryAgreementsOver(db: Kysely<unknown>, schema: string): Promise<void> {
  const table = sql.table(`${schema}.agreement`);
  const { rows } = await sql`select hash, content, in_force from ${table}`.execute(db);
  const kept = new Map(
    Kept.parse(rows).map((row) => [row.hash, { ...row, terms: Terms.parse(JSON.parse(row.content)) }]),
  );
  for (const { hash, in_force: inForce, terms } of kept.values()) {
    let lineage = hash;
    for (let one = kept.get(hash); one?.terms['rv:replaces'] !== undefined; one = kept.get(lineage))
      lineage = one.terms['rv:replaces'];
    await sql`update ${table} set lineage = ${lineage}, signed_by = ${JSON.stringify([terms.assigner, terms.assignee])},
      activated_at = ${new Date(terms.timestamp)} where hash = ${hash}`.execute(db);
    if (!inForce)
      await sql`insert into ${sql.table(`${schema}.revoked_agreement`)} (hash) values (${hash})
        on conflict do nothing`.execute(db);
  }
}
