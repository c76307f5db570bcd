/** The approved view: what a holder's own PostgreSQL has to show, and the statements that make it, for the holder to review. */
import { AppError, type DataModel } from '@revier/schema';
import { checkView } from '../sql/check-table.ts';

/**
 * The convention of an approved view:
 * - one row for each usable record, the rest left out inside the view: records under an objection enter no aggregate;
 * - one column for each variable of the data model under exactly its name, quoted, upper and lower case as in the model,
 *   and no other column but `record_key`;
 * - dimensions are `text` in collation "C": a collation of the holder's may take `ü` for `U`, or `a` for `a `;
 * - identifiers are `text`, `uuid` or a whole number, weights and measures a whole number, measures NULL where not collected;
 * - `record_key bigint`: the record's own number from 0 to 2^32 - 1 (disclosure.md 1.2), from which the noise of rates follows.
 *   It is an HMAC under a key that stays with the node, so a database cannot make it: `fillRecordKeys` writes it into a table
 *   beside the view. Records without a key are counted, but every rate that they belong to is refused. 0 where the model has
 *   no record;
 * - beside it a view of one row, `<view>_epoch`, which names the content of the view; `fillRecordKeys` fills it as well. The
 *   content may change only together with it, so a view is best made over a table that is loaded, not over one that is worked in.
 */
export interface ApprovedView {
  readonly model: DataModel;
  /** Schema of its own for approved views: whatever else the role can read must not lie in it. */
  readonly schema: string;
  readonly view: string;
}

export interface ApprovedViewPlan extends ApprovedView {
  /** The holder's table, `name` or `schema.name`. */
  readonly source: string;
  /** Columns of the source whose names are not those of the variables. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Boolean column of the source, true for records that may be used; anything else leaves a record out. Default `usable`. */
  readonly usable?: string;
  /** The role that reads the view, and nothing else. */
  readonly role: string;
}

export const RECORD_KEY = 'record_key';

const name = /^[a-zA-Z]\w{0,49}$/;
export const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
const path = (dotted: string): string => dotted.split('.').map(quoted).join('.');

/** Quoted. Throws AppError `INTERNAL` on names that could be mistaken for something else. */
export function viewPath({ schema, view }: Pick<ApprovedView, 'schema' | 'view'>): string {
  checkView(`${schema}.${view}`);
  return path(`${schema}.${view}`);
}

/** The table of record keys, in the schema of the view; the reading role has no right to it. */
export const keysPath = ({ schema, view }: ApprovedView): string => viewPath({ schema, view: `${view}_keys` });

/** The table of one row with the epoch, and the view of it that the reading role may read. */
export const contentPath = ({ schema, view }: ApprovedView): string => viewPath({ schema, view: `${view}_content` });
export const epochPath = ({ schema, view }: ApprovedView): string => viewPath({ schema, view: `${view}_epoch` });

const asText = (source: string): string => `${source}::text collate "C"`;

/** The SQL that makes the view, its keys and its role. It changes nothing of the source; run it as somebody who may read that. */
export function approvedViewSql(plan: ApprovedViewPlan): string {
  const { model, schema, role, columns = {}, usable = 'usable' } = plan;
  checkView(plan.source);
  if (!name.test(role)) throw new AppError('INTERNAL', { detail: 'The name of the reading role is unfit.' });
  const source = (variable: string): string => `r.${quoted(columns[variable] ?? variable)}`;
  const shown = model.variables.map((variable) => {
    const isText = variable.role === 'dimension' || variable.role === 'identifier';
    const column = isText ? asText(source(variable.name)) : source(variable.name);
    return `  ${column} as ${quoted(variable.name)}`;
  });
  const keys =
    model.record === null ? null : `left join ${keysPath(plan)} as k on k.record = ${asText(source(model.record))}`;
  const view = viewPath(plan);
  return [
    `create schema if not exists ${quoted(schema)};`,
    ...(keys === null ? [] : [keysTable(plan)]),
    `create view ${view} with (security_barrier) as
select
${[...shown, `  ${keys === null ? '0::bigint' : 'k.record_key'} as ${RECORD_KEY}`].join(',\n')}
from ${path(plan.source)} as r${keys === null ? '' : `\n${keys}`}
where r.${quoted(usable)};`,
    contentTable(plan),
    `create view ${epochPath(plan)} as select epoch from ${contentPath(plan)};`,
    `-- Once for all views of the schema, with a password or a certificate as you use them.
create role ${quoted(role)} login;`,
    `grant usage on schema ${quoted(schema)} to ${quoted(role)};`,
    `grant select on ${view}, ${epochPath(plan)} to ${quoted(role)};`,
    '',
  ].join('\n\n');
}

const keysTable = (plan: ApprovedView): string => `create table ${keysPath(plan)} (
  record text collate "C" primary key,
  record_key bigint not null check (record_key between 0 and 4294967295)
);`;

const contentTable = (plan: ApprovedView): string => `create table ${contentPath(plan)} (
  is_only boolean primary key default true check (is_only),
  epoch text not null check (epoch ~ '^[0-9a-f]{16}$')
);`;
