/** Invented records as a node's archive would count them: exact figures of a table, with what noise needs to know. */
import { type DisclosureInput, recordKeyer } from '@revier/core';
import { type Table, TOTAL } from '@revier/schema';

export interface CaseRecord {
  readonly codes: readonly number[];
  readonly key: number;
  /** Which counts of the table it belongs to, bit by bit. */
  readonly signature: number;
}

export interface CountTable {
  readonly domain: readonly (readonly number[])[];
  readonly margins: boolean;
  /** Combinations of codes that nobody can have, by dimension; null: any. */
  readonly impossible?: readonly (readonly (readonly number[] | null)[])[];
  /** Conditions of each count; only whether and how they nest matters here. */
  readonly wheres: readonly Table['measures'][number]['where'][];
}

export const oneCount: CountTable['wheres'] = [[]];

/** Always the same keys, so that the same run gives the same table. */
export const keyOf = recordKeyer(new Uint8Array(32).fill(11), 'urn:revier:dataset:utility');

export const codesKey = (codes: readonly number[]): string => codes.join();

/** The cell of a record and, with margins, each total that it is part of. */
const cellsOf = (codes: readonly number[], margins: boolean): readonly (readonly number[])[] =>
  margins
    ? codes.reduce<number[][]>(
        (cells, code) =>
          cells.flatMap((cell) => [
            [...cell, code],
            [...cell, TOTAL],
          ]),
        [[]],
      )
    : [codes];

interface Bucket {
  readonly codes: readonly number[];
  readonly signature: number;
  records: number;
  key: number;
}

function buckets(entries: Iterable<readonly [codes: readonly number[], signature: number, key: number]>): Bucket[] {
  const found = new Map<string, Bucket>();
  for (const [codes, signature, key] of entries) {
    const name = `${codesKey(codes)}|${signature}`;
    const bucket = found.get(name) ?? { codes, signature, records: 0, key: 0 };
    bucket.records++;
    bucket.key = (bucket.key + key) >>> 0;
    found.set(name, bucket);
  }
  return [...found.values()];
}

/** Each record is a person of its own. */
export function inputOf(
  { domain, margins, wheres, impossible = [] }: CountTable,
  records: readonly CaseRecord[],
): DisclosureInput {
  const columns = (of: readonly Bucket[]) => ({
    keys: domain.map((_, d) => Uint32Array.from(of, ({ codes }) => codes[d] ?? TOTAL)),
    persons: Float64Array.from(of, (bucket) => bucket.records),
    recordKeys: Uint32Array.from(of, ({ key }) => key),
  });
  const measures = wheres.map((_, i) => {
    const own = records.filter(({ signature }) => ((signature >>> i) & 1) === 1);
    const cells = buckets(
      own.flatMap(({ codes, key }) => cellsOf(codes, margins).map((cell) => [cell, 0, key] as const)),
    );
    return { kind: 'count' as const, value: Float64Array.from(cells, (cell) => cell.records), ...columns(cells) };
  });
  const atoms = buckets(records.map(({ codes, signature, key }) => [codes, signature, key] as const));
  return {
    table: {
      ...{ model: 'cancer-case/1', margins, coverage: [] },
      by: domain.map((_, d) => ({ variable: `variable${d}`, level: 'code' })),
      measures: wheres.map((where) => ({ kind: 'count', unit: 'cases', where: [...where] })),
    },
    tableHash: `sha256:${'0'.repeat(64)}`,
    ...{ domain, impossible, rates: new Map() },
    raw: {
      measures,
      atoms: {
        ...columns(atoms),
        signature: Uint32Array.from(atoms, ({ signature }) => signature),
        records: Float64Array.from(atoms, (atom) => atom.records),
      },
    },
  };
}

/** Exact counts of all cells of the table, empty ones too. */
export function exactCounts(
  { domain, margins }: CountTable,
  records: readonly CaseRecord[],
  bit = 0,
): Map<string, number> {
  const codes = domain.reduce<number[][]>(
    (cells, own) => cells.flatMap((cell) => [...own, ...(margins ? [TOTAL] : [])].map((code) => [...cell, code])),
    [[]],
  );
  const counts = new Map(codes.map((cell) => [codesKey(cell), 0]));
  for (const record of records)
    if (((record.signature >>> bit) & 1) === 1)
      for (const cell of cellsOf(record.codes, margins))
        counts.set(codesKey(cell), (counts.get(codesKey(cell)) ?? 0) + 1);
  return counts;
}
