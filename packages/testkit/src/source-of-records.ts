/** For tests: a data source over invented records, in the plainest possible way; counts only. */
import type { RawMeasure, RawTable, SourceFilter, SourceTable } from '@revier/core';
import { TOTAL } from '@revier/schema';

export interface CodedRecord {
  readonly person: number;
  /** Stored codes by variable. */
  readonly codes: Readonly<Record<string, string>>;
}

export function answerFrom(records: readonly CodedRecord[], table: SourceTable): RawTable {
  const wheres = table.measures.map((measure) => measure.where);
  const meets = ({ codes }: CodedRecord, where: readonly SourceFilter[]) =>
    where.every(({ variable, stored }) => stored.includes(codes[variable] ?? ''));
  const signatureOf = (record: CodedRecord) =>
    wheres.reduce((bits, where, i) => (meets(record, where) ? bits + 2 ** i : bits), 0);
  const placed = records.flatMap((record) => {
    const key = keyOf(record, table);
    return key === null ? [] : [{ record, key, signature: signatureOf(record) }];
  });
  const measures = wheres.map((where): RawMeasure => {
    const own = placed.filter(({ record }) => meets(record, where));
    const cells = grouped(
      own.flatMap(({ record, key }) => totals(key, table.margins).map((one) => ({ record, key: one }))),
    );
    return {
      kind: 'count',
      keys: columns(cells, table.dimensions.length),
      value: Float64Array.from(cells, ({ records: all }) => all.length),
      persons: Float64Array.from(cells, ({ records: all }) => new Set(all.map(({ person }) => person)).size),
    };
  });
  const atoms = grouped(
    placed.flatMap(({ record, key, signature }) => (signature > 0 ? [{ record, key: [...key, signature] }] : [])),
  );
  return {
    measures,
    atoms: {
      keys: columns(atoms, table.dimensions.length),
      signature: Uint32Array.from(atoms, ({ key }) => key.at(-1) ?? 0),
      records: Float64Array.from(atoms, ({ records: all }) => all.length),
      persons: Float64Array.from(atoms, ({ records: all }) => new Set(all.map(({ person }) => person)).size),
    },
  };
}

function keyOf({ codes }: CodedRecord, { dimensions }: SourceTable): number[] | null {
  const key = dimensions.map(({ variable, pairs }) => new Map(pairs).get(codes[variable] ?? ''));
  const whole = key.filter((number) => number !== undefined);
  return whole.length < key.length ? null : whole;
}

const totals = (key: readonly number[], margins: boolean): number[][] =>
  key.reduce<number[][]>(
    (all, number) =>
      all.flatMap((one) =>
        margins
          ? [
              [...one, number],
              [...one, TOTAL],
            ]
          : [[...one, number]],
      ),
    [[]],
  );

const grouped = (rows: readonly { readonly record: CodedRecord; readonly key: readonly number[] }[]) =>
  [...Map.groupBy(rows, ({ key }) => key.join())].map(([, own]) => ({
    key: own[0]?.key ?? [],
    records: own.map(({ record }) => record),
  }));

const columns = (cells: readonly { readonly key: readonly number[] }[], dimensions: number): Uint32Array[] =>
  Array.from({ length: dimensions }, (_, d) => Uint32Array.from(cells, ({ key }) => key[d] ?? TOTAL));
