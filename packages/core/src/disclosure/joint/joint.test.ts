/** Tables of exact counts together: whatever they group and restrict by, nothing about fewer than k follows from all that is shown. */
import type { Sha256 } from '@revier/schema';
import { answerFrom, type CodedRecord } from '@revier/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SourceTable } from '../../query/source-table.ts';
import { sumsOver } from '../linked/linked-system.ts';
import { protectSystem } from '../linked/protect-linked.ts';
import { wideEnough } from '../suppression.ts';
import { interval, rank } from '../testing/linear-program.ts';
import { jointCounts, patternsIn } from './joint-pattern.ts';
import { isTooLarge, JOINT_LIMITS, type JointSystem, jointSystem, type LinkedTable } from './joint-system.ts';

const codes: Readonly<Record<string, readonly string[]>> = {
  area: ['a', 'b', 'c', 'd'],
  sex: ['F', 'M'],
  stage: ['I', 'II', 'X'],
};
const declared = (variable: string) => codes[variable] ?? [];

/** Groupings of areas: each by itself, in two regions, and across the regions with one left out, as lookups do. */
const groupings: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  area: [
    ['a', 0],
    ['b', 1],
    ['c', 2],
    ['d', 3],
  ],
  region: [
    ['a', 0],
    ['b', 0],
    ['c', 1],
    ['d', 1],
  ],
  quintile: [
    ['a', 0],
    ['b', 1],
    ['c', 0],
  ],
  sex: [
    ['F', 0],
    ['M', 1],
  ],
  stage: [
    ['I', 0],
    ['II', 1],
    ['X', 2],
  ],
};
const variableOf = (grouping: string) => (grouping === 'region' || grouping === 'quintile' ? 'area' : grouping);

type Where = SourceTable['measures'][number]['where'];

const tableOf = (by: readonly string[], wheres: readonly Where[], margins = false): SourceTable => ({
  person: 'person',
  dimensions: by.map((name) => ({ variable: variableOf(name), pairs: groupings[name] ?? [] })),
  margins,
  measures: wheres.map((where) => ({ kind: 'count', identifier: null, where })),
});

const hashOf = (i: number): Sha256 => `sha256:${String(i).padStart(64, '0')}`;

const linked = (source: SourceTable, i: number): LinkedTable => ({
  hash: hashOf(i),
  source,
  domain: source.dimensions.map(({ pairs }) => [...new Set(pairs.map(([, number]) => number))].sort((a, b) => a - b)),
});

const known: Where = [{ variable: 'stage', stored: ['I', 'II'] }];
const women: Where = [{ variable: 'sex', stored: ['F'] }];
const someTables = fc
  .array(
    fc
      .record({
        by: fc.constantFrom(
          ['area'],
          ['region'],
          ['quintile'],
          ['sex'],
          ['stage'],
          ['area', 'sex'],
          ['region', 'stage'],
          [],
        ),
        wheres: fc.constantFrom<Where[][]>([[]], [known], [[], known], [women], [[...known, ...women]]),
        margins: fc.boolean(),
      })
      .map(({ by, wheres, margins }) => tableOf(by, wheres, margins)),
    { minLength: 1, maxLength: 3 },
  )
  .map((tables) => [...new Map(tables.map((table) => [JSON.stringify(table), table])).values()].map(linked));

const all = Object.entries(codes).reduce<Record<string, string>[]>(
  (rows, [variable, own]) => rows.flatMap((row) => own.map((code) => ({ ...row, [variable]: code }))),
  [{}],
);
/** Some persons have two records. */
const someRecords = fc
  .tuple(fc.array(fc.oneof(fc.nat(2), fc.nat(25)), { minLength: all.length, maxLength: all.length }), fc.boolean())
  .map(([sizes, isShared]): CodedRecord[] => {
    const records = all.flatMap((own, i) => Array.from({ length: sizes[i] ?? 0 }, () => own));
    return records.map((own, i) => ({ codes: own, person: isShared ? Math.floor(i / 2) : i }));
  });

function systemOf(tables: readonly LinkedTable[]): JointSystem {
  const made = jointSystem(tables, declared);
  if (isTooLarge(made)) throw new Error(`too many ${made.what}`);
  return made;
}

const K = 5;
type Fixed = ReadonlyMap<Sha256, Uint8Array>;

function protectedTables(tables: readonly LinkedTable[], records: readonly CodedRecord[], fixed: Fixed = new Map()) {
  const joint = systemOf(tables);
  const raw = new Map(tables.map(({ hash, source }) => [hash, answerFrom(records, source)]));
  const atoms = answerFrom(records, joint.source);
  const counts = jointCounts({ joint, tables, raw, atoms, minCellSize: K, fixed });
  return { joint, patterns: counts && patternsIn({ joint, tables, fixed }, protectSystem(counts)) };
}

const shownBy = ({ places }: JointSystem, patterns: Fixed): number[] => [
  ...new Set(
    [...patterns].flatMap(([hash, pattern]) =>
      [...pattern.keys()].flatMap((at) => (pattern[at] === 1 ? [places.get(hash)?.[at] ?? -1] : [])),
    ),
  ),
];

/** Exactly, over atoms: the narrowest interval of anything below k must be wide enough. */
function exposedIn({ system, axes }: JointSystem, shown: readonly number[], records: readonly CodedRecord[]): number[] {
  const atomOf = ({ codes: own }: CodedRecord) =>
    axes.reduce(
      (at, { variable, classes }) =>
        at * classes.length + classes.findIndex((one) => one.includes(own[variable] ?? '')),
      0,
    );
  const counted = new Float64Array(system.atoms);
  for (const record of records) {
    const isIn = axes.every(({ variable, classes }) =>
      classes.some((one) => one.includes(record.codes[variable] ?? '')),
    );
    if (isIn) counted[atomOf(record)] = (counted[atomOf(record)] ?? 0) + 1;
  }
  const sums = sumsOver(system, counted);
  const rows = Array.from({ length: system.cells }, () => new Array<number>(system.atoms).fill(0));
  for (const map of system.maps)
    map.forEach((cell, atom) => {
      const row = rows[cell];
      if (row !== undefined) row[atom] = 1;
    });
  const equations = shown.map((cell) => rows[cell] ?? []);
  const values = shown.map((cell) => sums[cell] ?? 0);
  return [...sums.keys()].filter((cell) => {
    const value = sums[cell] ?? 0;
    if (value >= K) return false;
    const [lower, upper] = interval(equations, values, rows[cell] ?? []);
    return !wideEnough(K)(value, lower - 1e-6, upper + 1e-6);
  });
}

describe('the system of some tables', () => {
  test('knows all relations between its cells: as many are free as there are atoms', () => {
    fc.assert(
      fc.property(someTables, (tables) => {
        const { system } = systemOf(tables);
        const rows = system.equations.map(({ total, parts }) =>
          Array.from({ length: system.cells }, (_, cell) => (cell === total ? -1 : parts.includes(cell) ? 1 : 0)),
        );
        expect(system.cells - rank(rows)).toBe(system.atoms);
      }),
      { numRuns: 40 },
    );
  });

  test('is refused by its size, which the tables tell', () => {
    const many = Array.from({ length: 80 }, (_, i): readonly [string, number] => [`c${i}`, i]);
    const wide: SourceTable = {
      ...tableOf([], [[]]),
      dimensions: [
        { variable: 'one', pairs: many },
        { variable: 'two', pairs: many },
      ],
    };
    const made = jointSystem([linked(wide, 1)], () => many.map(([code]) => code));
    expect(made).toEqual({ what: 'atoms', found: 6400, most: JOINT_LIMITS.atoms });
  });
});

describe('patterns of tables that are protected together', () => {
  test('leave every figure below k an interval k wide, by exact programmes over all tables (A5, A8)', () => {
    fc.assert(
      fc.property(someTables, someRecords, (tables, records) => {
        const { joint, patterns } = protectedTables(tables, records);
        if (patterns === null) throw new Error('unreachable');
        expect(exposedIn(joint, shownBy(joint, patterns), records)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('are the same in whatever order the tables are named', () => {
    fc.assert(
      fc.property(someTables, someRecords, (tables, records) => {
        const [one, other] = [tables, tables.toReversed()].map((some) => protectedTables(some, records).patterns);
        expect(new Set([...(one ?? [])].map((entry) => JSON.stringify(entry)))).toEqual(
          new Set([...(other ?? [])].map((entry) => JSON.stringify(entry))),
        );
      }),
      { numRuns: 20 },
    );
  });

  test('keep what was published before, and add to it only what gives nothing away', () => {
    fc.assert(
      fc.property(someTables, someRecords, (tables, records) => {
        const [first, ...later] = tables;
        if (first === undefined || later.length === 0) return;
        const before = protectedTables([first], records).patterns;
        const { joint, patterns } = protectedTables(tables, records, before ?? new Map());
        expect(patterns?.has(first.hash)).toBe(false);
        const shown = new Map([...(before ?? []), ...(patterns ?? [])]);
        // What the first table tells about cells that only the others have is no fault of theirs.
        const alone = exposedIn(joint, shownBy(joint, before ?? new Map()), records);
        const now = exposedIn(joint, shownBy(joint, shown), records);
        expect(now.filter((cell) => !alone.includes(cell))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('do not exist where a record has a code that nobody has declared', () => {
    const tables = [tableOf(['area'], [[]]), tableOf(['stage'], [[]])].map(linked);
    const records = all.flatMap((own, i) => Array.from({ length: 9 }, (_, j) => ({ codes: own, person: i * 9 + j })));
    expect(protectedTables(tables, records).patterns).not.toBeNull();
    const odd: CodedRecord = { codes: { area: 'a', sex: 'F' }, person: 9999 };
    expect(protectedTables(tables, [...records, odd]).patterns).toBeNull();
  });

  test('protect what protecting each table by itself would give away', () => {
    const tables = [tableOf(['area'], [[]]), tableOf(['area'], [known])].map(linked);
    const sizes: Record<string, number> = { I: 20, II: 20, X: 2 };
    const records = all
      .flatMap((own) => Array.from({ length: sizes[own.stage ?? ''] ?? 0 }, () => own))
      .map((own, person) => ({ codes: own, person }));
    const alone = tables.map((table) => protectedTables([table], records).patterns?.get(table.hash)?.join(''));
    expect(alone).toEqual(['1111', '1111']);
    const { patterns } = protectedTables(tables, records);
    const both = tables.map(({ hash }) => patterns?.get(hash) ?? new Uint8Array());
    expect([0, 1, 2, 3].map((area) => (both[0]?.[area] ?? 0) + (both[1]?.[area] ?? 0))).toEqual([1, 1, 1, 1]);
  });
});
