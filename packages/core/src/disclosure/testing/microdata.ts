/** For tests: exact figures of a table, counted from invented records in the plainest possible way. */
import { type Table, TOTAL } from '@revier/schema';
import type { RawAtoms, RawMeasure } from '../../query/source-table.ts';
import type { DisclosureInput } from '../disclosure-input.ts';
import type { RawCount } from '../raw-measures.ts';

export interface TestRecord {
  readonly person: number;
  readonly codes: readonly number[];
  /** Bit i: the record belongs to the i-th count. */
  readonly signature: number;
  readonly stratum?: number;
  readonly recordKey?: number;
}

/** `times` records of as many persons. */
export const persons = (first: number, times: number, of: Omit<TestRecord, 'person'>): TestRecord[] =>
  Array.from({ length: times }, (_, i) => ({ ...of, person: first + i }));

/** A record of its own person for each unit of the figures of a grid, in the order of its cells. */
export function recordsOf(
  domain: readonly (readonly number[])[],
  figures: readonly number[],
  signature = 1,
): TestRecord[] {
  let person = 0;
  return crossProduct(domain).flatMap((codes, cell) => {
    const records = persons(person, figures[cell] ?? 0, { codes, signature });
    person += records.length;
    return records;
  });
}

export const crossProduct = (domain: readonly (readonly number[])[]): number[][] =>
  domain.reduce<number[][]>((cells, codes) => cells.flatMap((cell) => codes.map((code) => [...cell, code])), [[]]);

type Where = Table['measures'][number]['where'];

export const countTable = (dimensions: number, margins: boolean, filters: readonly Where[]): Table => ({
  model: 'cancer-case/1',
  by: Array.from({ length: dimensions }, (_, d) => ({ variable: `variable${d}`, level: 'code' })),
  margins,
  coverage: [],
  measures: filters.map((where) => ({ kind: 'count', unit: 'persons', where })),
});

/** The input of a table of counts. */
export function countInput(
  table: Table,
  domain: readonly (readonly number[])[],
  records: readonly TestRecord[],
): DisclosureInput {
  const measures = table.measures.map((_, i) =>
    countsOf(
      records.filter(({ signature }) => ((signature >>> i) & 1) === 1),
      domain.length,
      table.margins,
    ),
  );
  return {
    table,
    tableHash: `sha256:${'0'.repeat(64)}`,
    domain,
    raw: { measures, atoms: atomsOf(records, domain.length) },
    rates: new Map(),
  };
}

/** The cell of a record and, with margins, every total that it is part of. */
const cellsOf = (codes: readonly number[], margins: boolean): number[][] =>
  codes.reduce<number[][]>(
    (cells, code) =>
      cells.flatMap((cell) =>
        margins
          ? [
              [...cell, code],
              [...cell, TOTAL],
            ]
          : [[...cell, code]],
      ),
    [[]],
  );

function countsOf(records: readonly TestRecord[], dimensions: number, margins: boolean): RawCount {
  const cells = Map.groupBy(
    records.flatMap((record) => cellsOf(record.codes, margins).map((codes) => ({ codes, person: record.person }))),
    ({ codes }) => codes.join(),
  );
  const groups = [...cells.values()];
  return {
    kind: 'count',
    keys: columns(
      groups.map((group) => group[0]?.codes ?? []),
      dimensions,
    ),
    value: Float64Array.from(groups, (group) => group.length),
    persons: Float64Array.from(groups, (group) => new Set(group.map(({ person }) => person)).size),
  };
}

function atomsOf(records: readonly TestRecord[], dimensions: number): RawAtoms {
  const groups = [...Map.groupBy(records, ({ codes, signature }) => [...codes, signature].join()).values()];
  return {
    keys: columns(
      groups.map((group) => group[0]?.codes ?? []),
      dimensions,
    ),
    signature: Uint32Array.from(groups, (group) => group[0]?.signature ?? 0),
    records: Float64Array.from(groups, (group) => group.length),
    persons: Float64Array.from(groups, (group) => new Set(group.map(({ person }) => person)).size),
  };
}

/** Counts of events by stratum, for rates. */
export function strataOf(records: readonly TestRecord[], dimensions: number, margins: boolean): RawMeasure {
  const groups = [
    ...Map.groupBy(
      records.flatMap((record) => cellsOf(record.codes, margins).map((codes) => ({ codes, record }))),
      ({ codes, record }) => [...codes, record.stratum].join(),
    ).values(),
  ];
  const cells = countsOf(records, dimensions, margins);
  return {
    kind: 'strata',
    cells: { keys: cells.keys, persons: cells.persons },
    keys: columns(
      groups.map((group) => group[0]?.codes ?? []),
      dimensions,
    ),
    stratum: Uint32Array.from(groups, (group) => group[0]?.record.stratum ?? 0),
    events: Float64Array.from(groups, (group) => group.length),
    persons: Float64Array.from(groups, (group) => new Set(group.map(({ record }) => record.person)).size),
    recordKeys: Uint32Array.from(groups, (group) =>
      group.reduce((sum, { record }) => (sum + (record.recordKey ?? 0)) % 2 ** 32, 0),
    ),
  };
}

const columns = (cells: readonly (readonly number[])[], dimensions: number): Uint32Array[] =>
  Array.from({ length: dimensions }, (_, d) => Uint32Array.from(cells, (codes) => codes[d] ?? TOTAL));
