/** The check at the door: the view is what the convention says, and the role sees approved views and nothing else. */
import { AppError, type DataModel, type ProblemError, type Variable } from '@revier/schema';
import type { ClientBase } from 'pg';
import { z } from 'zod';
import { type ApprovedView, RECORD_KEY, viewPath } from './approved-view.ts';

const fault = (pointer: string, detail: string): ProblemError => ({ pointer, detail });

/** Relations that the role may read beyond the views of the schema, or write at all. */
const RELATIONS = `
select format('%I.%I', n.nspname, c.relname) as name,
  not (n.nspname = $1 and c.relkind in ('v', 'm')) and has_any_column_privilege(c.oid, 'select') as readable,
  has_any_column_privilege(c.oid, 'insert, update, references')
    or has_table_privilege(c.oid, 'delete, truncate, trigger') as writable
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

/** What a role could become, or pass over, is as good as what it may read. */
const ROLE = `
select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as "isPowerful",
  exists (select from pg_auth_members where member = r.oid) as "isMember"
from pg_roles as r where rolname = session_user`;

const COLUMNS = `
select a.attname as name, t.typname as type, coalesce(l.collisdeterministic, true) as "isExact"
from pg_attribute as a join pg_class as c on c.oid = a.attrelid join pg_namespace as n on n.oid = c.relnamespace
  join pg_type as t on t.oid = a.atttypid left join pg_collation as l on l.oid = a.attcollation
where n.nspname = $1 and c.relname = $2 and c.relkind in ('v', 'm') and a.attnum > 0 and not a.attisdropped`;

const Relation = z.object({ name: z.string(), readable: z.boolean(), writable: z.boolean() });
const Role = z.tuple([z.object({ isPowerful: z.boolean(), isMember: z.boolean() })]);
const Column = z.object({ name: z.string(), type: z.string(), isExact: z.boolean() });
type Column = z.infer<typeof Column>;
const Sample = z.tuple([z.object({ records: z.int(), keys: z.int() })]);

async function faultsOfRole(client: ClientBase, schema: string): Promise<ProblemError[]> {
  const [role] = Role.parse((await client.query(ROLE)).rows);
  const relations = z
    .array(Relation)
    .parse((await client.query(`select * from (${RELATIONS}) as x where readable or writable`, [schema])).rows);
  return [
    ...(role.isPowerful ? [fault('/role', 'The role has an attribute that lets it see or change more.')] : []),
    ...(role.isMember ? [fault('/role', 'The role is a member of another role.')] : []),
    ...relations.map(({ name, writable }) =>
      fault('/role', `The role may ${writable ? 'change' : 'read'} ${name}.`.slice(0, 500)),
    ),
  ];
}

const wholeNumbers = ['int2', 'int4', 'int8'];
const texts = ['text', 'varchar'];
const types: Readonly<Record<Variable['role'], readonly string[]>> = {
  dimension: texts,
  identifier: [...texts, 'uuid', ...wholeNumbers],
  weight: wholeNumbers,
  measure: wholeNumbers,
};

function faultsOfColumns(model: DataModel, columns: readonly Column[]): ProblemError[] {
  const expected = new Map([
    ...model.variables.map(({ name, role }) => [name, types[role]] as const),
    [RECORD_KEY, ['int8']],
  ]);
  const byName = new Map(columns.map((column) => [column.name, column]));
  const faults = [...expected].flatMap(([name, allowed]) => {
    const column = byName.get(name);
    if (column === undefined) return [fault(`/view/${name}`, 'The view does not have this column.')];
    if (!allowed.includes(column.type)) return [fault(`/view/${name}`, `The column is none of ${allowed.join(', ')}.`)];
    return column.isExact
      ? []
      : [fault(`/view/${name}`, 'The collation of the column takes different texts for equal.')];
  });
  const surplus = columns.filter(({ name }) => !expected.has(name));
  return [...faults, ...surplus.map(() => fault('/view', 'The view has a column that is no variable of the model.'))];
}

/** Keys that are missing or alike would make noise that can be taken off again. */
async function faultsOfKeys(client: ClientBase, approved: ApprovedView): Promise<ProblemError[]> {
  if (approved.model.record === null) return [];
  const sample = `select ${RECORD_KEY} as key from ${viewPath(approved)} limit 1000`;
  const answer = await client.query(
    `select count(*)::int as records, count(distinct key)::int as keys from (${sample}) as sample`,
  );
  const [{ records, keys }] = Sample.parse(answer.rows);
  return keys * 2 >= records
    ? []
    : [fault(`/view/${RECORD_KEY}`, 'Record keys are missing or alike: fill them first.')];
}

/**
 * Looks before anything is asked. What it cannot see: whether the view really leaves out what must not be used, and what
 * functions of the holder's give away to everybody.
 * @throws AppError VIEW_UNFIT with every fault at its place
 */
export async function checkAccess(client: ClientBase, approved: ApprovedView): Promise<void> {
  const { schema, view, model } = approved;
  const columns = z.array(Column).parse((await client.query(COLUMNS, [schema, view])).rows);
  const faults = [
    ...(await faultsOfRole(client, schema)),
    ...(columns.length === 0 ? [fault('/view', 'There is no such view.')] : faultsOfColumns(model, columns)),
  ];
  const errors = faults.length > 0 ? faults : await faultsOfKeys(client, approved);
  if (errors.length > 0) throw new AppError('VIEW_UNFIT', { errors });
}
