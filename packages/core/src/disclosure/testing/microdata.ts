/** For tests: exact figures of a table, counted from invented records in the plainest possible way. */
import { createHash } from 'node:crypto';
import { type Table, TOTAL } from '@revier/schema';
import type { RawAtoms, RawMeasure } from '../../query/source-table.ts';
import type { DisclosureInput } from '../disclosure-input.ts';
import type { RawCount, RawSum } from '../raw-measures.ts';

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
    records.flatMap((record) => cellsOf(record.codes, margins).map((codes) => ({ ...record, codes }))),
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
    recordKeys: Uint32Array.from(groups, keysOf),
  };
}

const keysOf = (records: readonly Pick<TestRecord, 'recordKey'>[]): number =>
  records.reduce((sum, { recordKey = 0 }) => (sum + recordKey) % 2 ** 32, 0);

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
    recordKeys: Uint32Array.from(groups, keysOf),
  };
}

/** Sums of a value of each record, with what persons contribute; `top` of the greatest are told. */
export function sumsOf(
  records: readonly (TestRecord & { readonly value: number | null })[],
  dimensions: number,
  margins: boolean,
  top = 2,
): RawSum {
  const cells = Map.groupBy(
    records.flatMap((record) => cellsOf(record.codes, margins).map((codes) => ({ ...record, codes }))),
    ({ codes }) => codes.join(),
  );
  const groups = [...cells.values()];
  const total = (own: readonly { readonly value: number | null }[]) =>
    own.reduce((sum, { value }) => sum + (value ?? 0), 0);
  const sizes = groups.map((group) =>
    [...Map.groupBy(group, ({ person }) => person).values()].map((own) => Math.abs(total(own))).sort((a, b) => b - a),
  );
  return {
    kind: 'sum',
    keys: columns(
      groups.map((group) => group[0]?.codes ?? []),
      dimensions,
    ),
    value: Float64Array.from(groups, total),
    missing: Uint8Array.from(groups, (group) => (group.some(({ value }) => value === null) ? 1 : 0)),
    contributions: {
      persons: Float64Array.from(sizes, ({ length }) => length),
      recordKeys: Uint32Array.from(groups, keysOf),
      size: Float64Array.from(sizes, (own) => own.reduce((sum, size) => sum + size, 0)),
      gaps: Float64Array.from(
        groups,
        (group) => new Set(group.flatMap(({ person, value }) => (value === null ? [person] : []))).size,
      ),
      top: Array.from({ length: top }, (_, place) => Float64Array.from(sizes, (own) => own[place] ?? 0)),
    },
  };
}

/** A key as a node would make it. */
export const keyOf = (record: number): number =>
  createHash('sha256').update(`record ${record}`).digest().readUInt32BE(0);

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
