/** The archive's clerk: turns a source table into SQL that PostgreSQL and DuckDB answer alike, one statement a measure. */
import type { SourceTable } from '@revier/core';
import { TOTAL } from '@revier/schema';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely';
import { checkTable, checkView } from './check-table.ts';
import { assignSlots, type Lookup, type Slotted, type SlottedMeasure, type SlottedTable } from './lookups.ts';

/** One SELECT without parameters: codes travel in the relation `lookup`, names come from the data model. */
export interface CompiledStatement {
  readonly sql: string;
}

/**
 * Columns of a statement, all whole numbers: one key for each dimension, then
 * count: value, persons; sum: value, missing; strata: stratum, events, persons, record keys; atoms: signature, records, persons.
 * Below its strata each cell has one more row, of stratum TOTAL: its persons over all strata, distinct.
 * With protection there are more: count and atoms: record keys; sum: persons, record keys, size, greatest contributions.
 */
export interface CompiledTable {
  /** To be put into the relation `lookup (slot, stored, number)` before the statements run. */
  readonly lookups: readonly Lookup[];
  readonly measures: readonly CompiledStatement[];
  readonly atoms: CompiledStatement | null;
}

export interface CompileOptions {
  /** The approved view, `name` or `schema.name`: shows usable rows only, with all variables and `record_key`. */
  readonly view: string;
}

type Part = RawBuilder<unknown>;

const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

const column = (variable: string): Part => sql.ref(`r.${variable}`);
const nullable = (variable: string | null): Part => (variable === null ? sql`cast(null as text)` : column(variable));

const isIn = ({ variable, slot }: Slotted): Part =>
  sql`${column(variable)} in (select stored from lookup where slot = ${sql.lit(slot)})`;
const allOf = (where: readonly Slotted[]): Part =>
  where.length === 0 ? sql`true` : sql.join(where.map(isIn), sql` and `);

/**
 * The view, with persons cut to the cap. `rank` keeps records of equal keys together: which of them came first would depend on the
 * engine. Columns of our own have an underscore, which no variable has.
 */
function capped(view: string, { person, protection }: SlottedTable): Part {
  if (person === null || protection === null) return sql`${sql.table(view)} as r`;
  const owner = sql.ref(person);
  const ranked = sql`select *, rank() over (partition by ${owner} order by record_key) as record_place from ${sql.table(view)}`;
  return sql`(
    select * from (${ranked}) as ranked
    where ${owner} is null or record_place <= ${sql.lit(protection.personCap)}
  ) as r`;
}

/** The records of the view with their code numbers `d0`, `d1`, … ; records with an unlisted code drop out. */
function records(from: Part, mapped: readonly Slotted[], columns: readonly Part[], where: readonly Slotted[]): Part {
  const numbers = mapped.map((_, index) => sql`${sql.ref(`m${index}.number`)} as ${sql.ref(`d${index}`)}`);
  const joins = mapped.map(({ variable, slot }, index) => {
    const alias = sql.ref(`m${index}`);
    return sql`\n  join lookup as ${alias} on ${alias}.slot = ${sql.lit(slot)} and ${alias}.stored = ${column(variable)}`;
  });
  return sql`
  select
    ${sql.join([...numbers, ...columns], sql`,\n    `)}
  from ${from}${sql.join(joins, sql``)}
  where ${allOf(where)}
`;
}

interface Shape {
  readonly records: Part;
  readonly where?: Part;
  readonly dimensions: number;
  readonly margins: boolean;
  /** One more key, grouped by last. */
  readonly part: { readonly name: string; readonly totalled: boolean } | null;
  readonly figures: readonly Part[];
  /** What figures are made of, given the keys that are shown; all records by default. */
  readonly from?: (keys: readonly Part[]) => Part;
}

/** Every subset of the dimensions that a table shows, the whole set first: those left out are totalled over. */
function shownSets(dimensions: number, margins: boolean): boolean[][] {
  if (!margins) return [Array.from({ length: dimensions }, () => true)];
  return Array.from({ length: dimensions }).reduce<boolean[][]>(
    (sets) => [true, false].flatMap((shown) => sets.map((set) => [...set, shown])),
    [[]],
  );
}

/**
 * Groups, leaves out cells without a record, and orders by every key: an answer has one order of rows. Totals are
 * grouped one subset of dimensions after the other, not by CUBE, which holds the persons of all subsets in memory at
 * once: measured on 1 M records in three dimensions, DuckDB 1.5 fails at 150 MB with CUBE, and not this way.
 */
function grouped({
  dimensions,
  margins,
  part,
  figures,
  where,
  from = () => sql`t`,
  ...shape
}: Shape): CompiledStatement {
  const keys = Array.from({ length: dimensions }, (_, index) => ({ from: `d${index}`, to: `k${index}` }));
  if (part !== null) keys.push({ from: part.name, to: part.name });
  const partSets = part === null ? [[]] : part.totalled ? [[true], [false]] : [[true]];
  const sets = partSets.flatMap((last) => shownSets(dimensions, margins).map((set) => [...set, ...last]));
  const branches = sets.map((shown) => {
    const shownKeys = keys.map(({ from, to }, index) => (shown[index] ? key(sql.ref(from), to) : key(total, to)));
    const groups = keys.flatMap(({ from }, index) => (shown[index] ? [sql.ref(from)] : []));
    return sql`select ${sql.join([...shownKeys, ...figures])}
from ${from(groups)}${where ?? sql``}${groups.length === 0 ? sql`` : sql`\ngroup by ${sql.join(groups)}`}
having count(*) > 0`;
  });
  const order = keys.map(({ to }) => sql.ref(to));
  const statement = sql`${sql.raw(WITH)}t as ${sets.length > 1 ? sql`materialized ` : sql``}(${shape.records})
${sql.join(branches, sql`\nunion all\n`)}
order by ${order.length === 0 ? sql`1` : sql.join(order)}`;
  return { sql: statement.compile(compiler).sql };
}

/** What every statement begins with. */
const WITH = 'with ';
const total = sql.lit(TOTAL);
const key = (figure: Part, name: string): Part => sql`${figure} as ${sql.ref(name)}`;
const persons = sql`count(distinct person) as persons`;

/** Records, or distinct values of an identifier; distinct in every shown cell, never added up over cells. */
const units = (identifier: string | null, name: string): Part =>
  sql`${identifier === null ? sql`count(*)` : sql`count(distinct unit)`} as ${sql.ref(name)}`;

/** A record without a key would lend its cell the noise of the others alone: such a sum is no number at all. */
const recordKeys = sql`case when count(record_key) = count(*) then cast(mod(sum(record_key), 4294967296) as bigint) end as record_keys`;
const recordKey = sql`r.record_key`;

function measureStatement(view: string, table: SlottedTable, { measure, where, stratum }: SlottedMeasure) {
  const shape = { dimensions: table.dimensions.length, margins: table.margins, part: null };
  const source = capped(view, table);
  const person = sql`${nullable(table.person)} as person`;
  if (measure.kind === 'sum') {
    const figure = sql`${column(measure.variable)} as figure`;
    if (table.protection === null)
      return grouped({ ...shape, records: records(source, table.dimensions, [figure], where), figures: sums });
    const from = records(source, table.dimensions, [figure, person, recordKey], where);
    return grouped({ ...shape, records: from, ...contributions(table.protection.topContributions, measure.cap) });
  }
  const unit = sql`${nullable(measure.identifier)} as unit`;
  if (stratum === null) {
    const figures = [units(measure.identifier, 'value'), persons];
    if (table.protection === null)
      return grouped({ ...shape, records: records(source, table.dimensions, [unit, person], where), figures });
    const from = records(source, table.dimensions, [unit, person, recordKey], where);
    return grouped({ ...shape, records: from, ...keyed(measure.identifier, figures) });
  }
  const part = { name: `d${table.dimensions.length}`, totalled: true };
  const figures = [units(measure.identifier, 'events'), persons, recordKeys];
  const from = records(source, [...table.dimensions, stratum], [unit, person, recordKey], where);
  return grouped({ ...shape, part, records: from, figures });
}

const sums = [
  sql`cast(coalesce(sum(figure), 0) as bigint) as value`,
  sql`max(case when figure is null then 1 else 0 end) as missing`,
];

const over = (keys: readonly Part[]): Part => (keys.length === 0 ? sql`` : sql`partition by ${sql.join(keys)} `);

/** Counts with their keys; of distinct units, one record of each stands for it in the cell. */
function keyed(identifier: string | null, figures: readonly Part[]): Pick<Shape, 'figures' | 'from'> {
  if (identifier === null) return { figures: [...figures, recordKeys] };
  const first = sql`sum(case when unit_place = 1 and unit is not null then record_key else 0 end)`;
  return {
    figures: [
      ...figures,
      sql`case when count(record_key) = count(*) then cast(mod(${first}, 4294967296) as bigint) end as record_keys`,
    ],
    from: (keys) =>
      sql`(select *, row_number() over (${over([...keys, sql`unit`])}order by record_key) as unit_place from t) as t`,
  };
}

/** A sum with what each person contributes to it: their number, sizes and keys. */
function contributions(most: number, cap: number | undefined): Pick<Shape, 'figures' | 'from'> {
  const own = bounded(cap);
  const top = Array.from(
    { length: most },
    (_, at) =>
      sql`coalesce(max(case when size_place = ${sql.lit(at + 1)} then size end), 0) as ${sql.ref(`top${at + 1}`)}`,
  );
  return {
    figures: [
      sql`cast(coalesce(sum(figure), 0) as bigint) as value`,
      sql`max(missing) as missing`,
      sql`count(person) as persons`,
      sql`case when sum(keyed) = sum(records) then cast(mod(sum(record_keys), 4294967296) as bigint) end as record_keys`,
      sql`cast(coalesce(sum(size), 0) as bigint) as size`,
      sql`cast(coalesce(sum(missing), 0) as bigint) as gaps`,
      ...top,
    ],
    from: (keys) => sql`(
  select ${keys.length === 0 ? sql`` : sql`${sql.join(keys)}, `}person, ${own} as figure, max(case when figure is null then 1 else 0 end) as missing,
    count(*) as records, count(record_key) as keyed, sum(record_key) as record_keys,
    cast(abs(coalesce(${own}, 0)) as bigint) as size,
    row_number() over (${over(keys)}order by abs(coalesce(${own}, 0)) desc) as size_place
  from t
  group by ${sql.join([...keys, sql`person`])}
) as t`,
  };
}

/** What a person contributes; none where nothing was collected, which engines' `least` would take for the bound. */
function bounded(cap: number | undefined): Part {
  if (cap === undefined) return sql`sum(figure)`;
  const [most, least] = [sql.lit(cap), sql.lit(-cap)];
  return sql`case when sum(figure) > ${most} then ${most} when sum(figure) < ${least} then ${least} else sum(figure) end`;
}

/** Cells without margins, split by the counts that a record belongs to; records of no count are no part of any. */
function atomsStatement(view: string, table: SlottedTable, counts: readonly SlottedMeasure[]): CompiledStatement {
  const bits = counts.map(({ where }, bit) => sql`case when ${allOf(where)} then ${sql.lit(2 ** bit)} else 0 end`);
  const isKeyed = table.protection !== null;
  const columns = [sql`${nullable(table.person)} as person`, sql`${sql.join(bits, sql`\n      + `)} as signature`];
  return grouped({
    records: records(capped(view, table), table.dimensions, isKeyed ? [...columns, recordKey] : columns, []),
    where: sql`\nwhere signature > 0`,
    dimensions: table.dimensions.length,
    margins: false,
    part: { name: 'signature', totalled: false },
    figures: [sql`count(*) as records`, persons, ...(isKeyed ? [recordKeys] : [])],
  });
}

/** For engines where `lookup` is no relation of its own: `definition` (`name (columns) as (...)`) stands before the statement's own. */
export function withRelation({ sql: statement }: CompiledStatement, definition: string): string {
  return `${WITH}${definition},\n${statement.slice(WITH.length)}`;
}

/** Compiles a table. Deterministic: equal tables give equal SQL. Throws AppError `INTERNAL` on names that are no identifiers. */
export function compileTable(table: SourceTable, options: CompileOptions): CompiledTable {
  checkTable(table);
  checkView(options.view);
  const slotted = assignSlots(table);
  const counts = slotted.measures.filter(({ measure }) => measure.kind === 'count');
  return {
    lookups: slotted.lookups,
    measures: slotted.measures.map((measure) => measureStatement(options.view, slotted, measure)),
    atoms: counts.length === 0 ? null : atomsStatement(options.view, slotted, counts),
  };
}
