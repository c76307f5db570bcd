/** The slow truth: a source table answered by walking over the rows, for data sources to be compared with. */
import type { RawAtoms, RawMeasure, RawTable, SourceDimension, SourceMeasure, SourceTable } from '@revier/core';
import { type DataModel, TOTAL } from '@revier/schema';
import type { Value } from './columnar/columns.ts';

export interface GivenRow {
  readonly values: Readonly<Record<string, Value>>;
  readonly usable: boolean;
}

/** What a data source is opened over; every row fits the model and the codes. */
export interface GivenRows {
  readonly model: DataModel;
  readonly codes: Readonly<Record<string, readonly string[]>>;
  readonly rows: readonly GivenRow[];
  readonly recordKey: (recordId: string) => number;
}

interface Group {
  readonly key: readonly number[];
  readonly rows: GivenRow[];
}

const text = (row: GivenRow, variable: string): string => String(row.values[variable]);

const belongs = (row: GivenRow, { where }: SourceMeasure): boolean =>
  where.every(({ variable, stored }) => stored.includes(text(row, variable)));

const numberOf = (row: GivenRow, { variable, pairs }: SourceDimension): number | undefined =>
  pairs.find(([stored]) => stored === text(row, variable))?.[1];

/** All keys under which a row is counted: its own, and with margins every one with some places TOTAL. */
function keysOf(numbers: readonly number[], margins: boolean): number[][] {
  if (!margins) return [[...numbers]];
  return numbers.reduce<number[][]>(
    (keys, number) =>
      keys.flatMap((key) => [
        [...key, number],
        [...key, TOTAL],
      ]),
    [[]],
  );
}

function group(
  rows: readonly GivenRow[],
  dimensions: readonly SourceDimension[],
  margins: boolean,
  last: (row: GivenRow) => number | undefined = () => 0,
): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const numbers = dimensions.map((dimension) => numberOf(row, dimension)).filter((number) => number !== undefined);
    const end = last(row);
    if (numbers.length < dimensions.length || end === undefined) continue;
    for (const shown of keysOf(numbers, margins)) {
      const key = [...shown, end];
      const known = groups.get(key.join()) ?? { key, rows: [] };
      known.rows.push(row);
      groups.set(key.join(), known);
    }
  }
  const place = (one: Group, other: Group): number => {
    const at = one.key.findIndex((number, index) => number !== other.key[index]);
    return at < 0 ? 0 : (one.key[at] ?? 0) - (other.key[at] ?? 0);
  };
  return [...groups.values()].sort(place);
}

const distinct = (rows: readonly GivenRow[], identifier: string): number =>
  new Set(rows.map((row) => text(row, identifier))).size;

const units = (rows: readonly GivenRow[], identifier: string | null): number =>
  identifier === null ? rows.length : distinct(rows, identifier);

const columnOf = (groups: readonly Group[], index: number): Uint32Array =>
  Uint32Array.from(groups, ({ key }) => key[index] ?? 0);

/** A record stays while fewer than the cap of its person's have a lower key. */
function withinCap(
  rows: readonly GivenRow[],
  { person, protection }: SourceTable,
  keyOf: (row: GivenRow) => number,
): readonly GivenRow[] {
  if (person === null || protection === undefined) return rows;
  const owned = Map.groupBy(rows, (row) => text(row, person));
  return rows.filter((row) => {
    const lower = owned.get(text(row, person))?.filter((other) => keyOf(other) < keyOf(row)) ?? [];
    return lower.length < protection.personCap;
  });
}

/** Sizes of what persons contribute, descending; without persons all of it is one contribution. */
function contributionsOf(rows: readonly GivenRow[], person: string | null, variable: string, cap = Infinity) {
  const owned = Map.groupBy(rows, (row) => (person === null ? '' : text(row, person)));
  return [...owned.values()].map((own) => {
    const figure = own.reduce((sum, row) => sum + Number(row.values[variable] ?? 0), 0);
    const hasGap = own.some((row) => (row.values[variable] ?? null) === null);
    return { figure: Math.max(-cap, Math.min(cap, figure)), hasGap };
  });
}

const sizesOf = (contributed: ReturnType<typeof contributionsOf>): number[] =>
  contributed.map(({ figure }) => Math.abs(figure)).sort((one, other) => other - one);

/** Answers tables from the rows. */
export function answerFromRows(given: GivenRows, table: SourceTable): RawTable {
  const { record } = given.model;
  const keyOf = (row: GivenRow): number => (record === null ? 0 : given.recordKey(text(row, record)));
  const usable = withinCap(
    given.rows.filter((row) => row.usable),
    table,
    keyOf,
  );
  const sumOf = (rows: readonly GivenRow[]): number => rows.reduce((sum, row) => (sum + keyOf(row)) >>> 0, 0);
  /** One record for each unit, the one with the lowest key. */
  const firsts = (rows: readonly GivenRow[], identifier: string | null): GivenRow[] =>
    identifier === null
      ? [...rows]
      : [...Map.groupBy(rows, (row) => text(row, identifier)).values()].flatMap((own) =>
          own.toSorted((one, other) => keyOf(one) - keyOf(other)).slice(0, 1),
        );
  const persons = (groups: readonly Group[]): Float64Array =>
    Float64Array.from(groups, ({ rows }) => (table.person === null ? 0 : distinct(rows, table.person)));
  const keys = (groups: readonly Group[]): Uint32Array[] => table.dimensions.map((_, index) => columnOf(groups, index));

  const answer = (measure: SourceMeasure): RawMeasure => {
    const rows = usable.filter((row) => belongs(row, measure));
    if (measure.kind === 'strata') {
      const groups = group(rows, table.dimensions, table.margins, (row) => numberOf(row, measure.stratum));
      const inStratum = rows.filter((row) => numberOf(row, measure.stratum) !== undefined);
      const cells = group(inStratum, table.dimensions, table.margins);
      return {
        kind: 'strata',
        cells: { keys: keys(cells), persons: persons(cells) },
        keys: keys(groups),
        stratum: columnOf(groups, table.dimensions.length),
        events: Float64Array.from(groups, (each) => units(each.rows, measure.identifier)),
        persons: persons(groups),
        recordKeys: Uint32Array.from(groups, (each) => sumOf(each.rows)),
      };
    }
    const groups = group(rows, table.dimensions, table.margins);
    if (measure.kind === 'count') {
      const value = Float64Array.from(groups, (each) => units(each.rows, measure.identifier));
      const counted = { kind: 'count', keys: keys(groups), value, persons: persons(groups) } as const;
      const recordKeys = Uint32Array.from(groups, (each) => sumOf(firsts(each.rows, measure.identifier)));
      return table.protection === undefined ? counted : { ...counted, recordKeys };
    }
    const figures = groups.map((each) => each.rows.map((row) => row.values[measure.variable] ?? null));
    const summed = {
      kind: 'sum',
      keys: keys(groups),
      value: Float64Array.from(figures, (each) => each.reduce<number>((sum, figure) => sum + Number(figure), 0)),
      missing: Uint8Array.from(figures, (each) => (each.includes(null) ? 1 : 0)),
    } as const;
    if (table.protection === undefined) return summed;
    const contributed = groups.map((each) => contributionsOf(each.rows, table.person, measure.variable, measure.cap));
    const sizes = contributed.map(sizesOf);
    const contributions = {
      persons: persons(groups),
      recordKeys: Uint32Array.from(groups, (each) => sumOf(each.rows)),
      gaps: Float64Array.from(contributed, (each) => each.filter(({ hasGap }) => hasGap).length),
      size: Float64Array.from(sizes, (each) => each.reduce((sum, size) => sum + size, 0)),
      top: Array.from({ length: table.protection.topContributions }, (_, place) =>
        Float64Array.from(sizes, (each) => each[place] ?? 0),
      ),
    };
    const value = Float64Array.from(contributed, (each) => each.reduce((sum, { figure }) => sum + figure, 0));
    return { ...summed, value, contributions };
  };

  const counts = table.measures.filter(({ kind }) => kind === 'count');
  const signature = (row: GivenRow): number | undefined =>
    counts.reduce((bits, count, bit) => bits + (belongs(row, count) ? 2 ** bit : 0), 0) || undefined;
  const atoms = (): RawAtoms => {
    const groups = group(usable, table.dimensions, false, signature);
    return {
      keys: keys(groups),
      signature: columnOf(groups, table.dimensions.length),
      records: Float64Array.from(groups, ({ rows }) => rows.length),
      persons: persons(groups),
      ...(table.protection === undefined ? {} : { recordKeys: Uint32Array.from(groups, ({ rows }) => sumOf(rows)) }),
    };
  };
  return { measures: table.measures.map(answer), atoms: counts.length === 0 ? null : atoms() };
}
