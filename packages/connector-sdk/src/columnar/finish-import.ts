/** The end of an import: repeated records leave, the rest is sorted into the file, and its content gets its fingerprint. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { epochOf } from '../data-epoch.ts';
import type { RejectedRecord } from './columns.ts';
import type { ImportPlan, PlannedColumn } from './plan-import.ts';
import { quoted } from './staging.ts';

/** Changes with the layout of the file; a reader refuses what it does not know. */
export const STORE_FORMAT = 1;

const column = async (connection: DuckDBConnection, sql: string): Promise<string[]> =>
  ((await (await connection.run(sql)).getColumns())[0] ?? []).map(String);

/** Leaves out every record whose identifier comes more than once; returns how many, and the first of them. */
export async function dropRepeated(
  connection: DuckDBConnection,
  plan: ImportPlan,
  limit: number,
): Promise<{ total: number; first: RejectedRecord[] }> {
  const { record } = plan.model;
  if (record === null) return { total: 0, first: [] };
  const id = quoted(record);
  await connection.run(
    `create temp table repeated as select ${id} as id from staging group by ${id} having count(*) > 1`,
  );
  const from = `from staging where ${id} in (select id from repeated)`;
  const total = Number((await column(connection, `select count(*) ${from}`))[0]);
  if (total === 0) return { total, first: [] };
  const rows = await column(connection, `select row_number ${from} order by row_number limit ${limit}`);
  await connection.run(`delete ${from}`);
  return { total, first: rows.map((row) => ({ row: Number(row), variable: record, reason: 'repeated' })) };
}

/** Dimensions from the one with most codes to the one with fewest: a filter on the first reads the fewest blocks. */
async function sortKeys(connection: DuckDBConnection, dimensions: readonly string[]): Promise<string[]> {
  const byCodes: { name: string; codes: number }[] = [];
  for (const name of dimensions) {
    const [codes] = await column(connection, `select count(distinct ${quoted(name)}) from staging`);
    byCodes.push({ name, codes: Number(codes) });
  }
  byCodes.sort((one, other) => other.codes - one.codes);
  return byCodes.map(({ name }) => `s.${quoted(name)}`);
}

/** Numbers the values of an identifier. Which value gets which number means nothing: they are only ever told apart. */
const numberIdentifier = (connection: DuckDBConnection, name: string) =>
  connection.run(
    `create temp table ${quoted(`number_${name}`)} as
     select id, row_number() over () as number from (select distinct ${quoted(name)} as id from staging)`,
  );

/**
 * Writes the table of records, and the approved view that leaves out what is not usable. Identifiers are stored as
 * numbers of this file: the file names nobody, and counting distinct numbers takes a fraction of the memory.
 */
export async function storeRecords(connection: DuckDBConnection, plan: ImportPlan): Promise<void> {
  const named = (role: PlannedColumn['role']): string[] =>
    plan.columns.filter((planned) => planned.role === role).map(({ name }) => name);
  const identifiers = named('identifier');
  for (const name of identifiers) await numberIdentifier(connection, name);
  const number = (name: string): string => `${quoted(`number_${name}`)}`;
  const columns = plan.columns.map(({ name, role }) =>
    role === 'identifier' ? `${number(name)}.number as ${quoted(name)}` : `s.${quoted(name)}`,
  );
  const joins = identifiers.map((name) => `join ${number(name)} on ${number(name)}.id = s.${quoted(name)}`);
  const order = [
    ...(await sortKeys(connection, named('dimension'))),
    ...identifiers.map((name) => `${number(name)}.number`),
  ];
  await connection.run(
    `create table records as select ${columns.join(', ')}, s.record_key from staging as s ${joins.join(' ')}
     ${order.length === 0 ? '' : `order by ${order.join(', ')}`}`,
  );
  const variables = plan.model.variables.map(({ name }) => quoted(name));
  await connection.run(`create view approved as select ${variables.join(', ')}, record_key from records where usable`);
}

/** As `epochOf` says. */
const spelled = (name: string): string => {
  const text = `cast(${quoted(name)} as varchar)`;
  return `coalesce(cast(strlen(${text}) as varchar) || ':' || ${text}, '-')`;
};

/** The epoch of all rows, usable or not. */
export async function fingerprint(
  connection: DuckDBConnection,
  plan: ImportPlan,
): Promise<{ epoch: string; rows: number }> {
  const words = [0, 1, 2, 3].map((word) => `sum(cast('0x' || substr(digest, ${word * 16 + 1}, 16) as ubigint))`);
  const row = plan.columns.map(({ name }) => spelled(name)).join(', ');
  const answer = await connection.run(
    `select count(*), ${words.join(', ')} from (select sha256(concat(${row})) as digest from staging)`,
  );
  const [rows = '0', ...sums] = (await answer.getColumns()).map(([value]) => String(value ?? 0));
  const columns = plan.columns.map(({ name }) => name);
  return { epoch: epochOf({ model: plan.model.id, columns, rows, sums }), rows: Number(rows) };
}

/** Tells readers what the file holds. */
export async function storeAbout(connection: DuckDBConnection, about: { epoch: string; rows: number }): Promise<void> {
  await connection.run('create table about (format integer, epoch varchar, "rows" bigint)');
  await connection.run('insert into about values ($1, $2, $3)', [STORE_FORMAT, about.epoch, BigInt(about.rows)]);
  // Else it happens when the file is closed, and nothing else of this process could go on meanwhile.
  await connection.run('checkpoint');
}
