/** For tests: a holder's PostgreSQL with given rows behind an approved view, as the holder would set it up. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { GivenRows } from '../data-source.reference.case.ts';
import type { DataSource } from '../data-source.ts';
import { type ApprovedViewPlan, approvedViewSql } from './approved-view.ts';
import { fillRecordKeys } from './fill-record-keys.ts';
import { openPostgres, type PostgresOptions } from './open-postgres.ts';

const unique = (): string => randomBytes(6).toString('hex');

export async function run(url: string, ...statements: readonly string[]): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let answer = await client.query('select');
    for (const statement of statements) answer = await client.query(statement);
    return answer;
  } finally {
    await client.end();
  }
}

/** As the role, without a password: a test server trusts its own machine. */
export function urlOf(url: string, role: string): string {
  const asRole = new URL(url);
  asRole.username = role;
  return asRole.href;
}

/** A schema with a table of the holder's, in a collation that takes different texts for equal wherever nobody says otherwise. */
export async function setUp(
  url: string,
  { model, rows }: Pick<GivenRows, 'model' | 'rows'>,
): Promise<ApprovedViewPlan> {
  const id = unique();
  const columns = model.variables.map(({ name, role }) =>
    role === 'dimension' || role === 'identifier' ? `"${name}" text collate holder_${id}.loose` : `"${name}" bigint`,
  );
  const source = `holder_${id}.stays`;
  await run(
    url,
    `create schema holder_${id}`,
    `create collation holder_${id}.loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`,
    `create table ${source} (${columns.join(', ')}, usable boolean)`,
  );
  const names = [...model.variables.map(({ name }) => `"${name}"`), 'usable'].join(', ');
  const values = JSON.stringify(rows.map(({ values, usable }) => ({ ...values, usable })));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `insert into ${source} (${names}) select ${names} from json_populate_recordset(null::${source}, $1)`,
    [values],
  );
  await client.end();
  const plan = { model, source, schema: `revier_${id}`, view: 'stays', role: `reader_${id}` };
  await run(url, approvedViewSql(plan));
  return plan;
}

export async function tearDown(url: string, { schema, source, role }: ApprovedViewPlan): Promise<void> {
  const holder = source.split('.')[0];
  await run(
    url,
    `drop schema ${schema} cascade`,
    `drop schema ${holder} cascade`,
    `drop owned by ${role}`,
    `drop role ${role}`,
  );
}

export const optionsOf = (url: string, plan: ApprovedViewPlan): PostgresOptions => ({
  ...plan,
  connectionString: urlOf(url, plan.role),
});

/** Opens over given rows; what it set up goes when it is closed. */
export const postgresOver =
  (url: string) =>
  async (given: GivenRows): Promise<DataSource> => {
    const plan = await setUp(url, given);
    await fillRecordKeys({ ...plan, connectionString: url, recordKey: given.recordKey });
    const source = await openPostgres(optionsOf(url, plan));
    const close = async (): Promise<void> => {
      await source.close();
      await tearDown(url, plan);
    };
    return { aggregate: source.aggregate, close };
  };
