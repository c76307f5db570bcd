/** Rows of a register as its archive would count them: exact figures of a table, with what noise and history need to know. */
import { cellGrid, contentHash, type DisclosureInput, type TableShape } from '@revier/core';

/** A record of its own person. */
export interface Row {
  readonly id: string;
  /** By variable; that of the district first. */
  readonly codes: readonly number[];
}

export interface Dimension {
  readonly variable: number;
  /** Which codes stand for which number; a code stands for one at most. */
  readonly groups: readonly (readonly [code: number, group: number])[];
}

/** One count of persons. The first dimension is that of districts. */
export interface Asked {
  readonly by: readonly [Dimension, ...Dimension[]];
  readonly margins?: boolean;
  /** Codes that are let in. */
  readonly where?: readonly { readonly variable: number; readonly codes: readonly number[] }[];
}

export interface Counted {
  readonly input: DisclosureInput;
  readonly shape: TableShape;
  /** By cell of the grid. */
  readonly exact: Float64Array;
}

export interface Counting {
  /** How many codes each variable has. */
  readonly sizes: readonly number[];
  /** May be more than the table lets in. */
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => number;
}

export function counted(asked: Asked, { sizes, rows, keyOf }: Counting): Counted {
  const { by, margins = false, where = [] } = asked;
  const domain = by.map(({ groups }) => [...new Set(groups.map(([, group]) => group))].sort((a, b) => a - b));
  const grid = cellGrid(domain, margins);
  const groupOf = by.map(({ groups }) => new Map(groups));
  const admitted = where.map(({ variable, codes }) => ({ variable, codes: new Set(codes) }));
  const own = rows.filter(
    ({ codes }) =>
      by.every(({ variable }, d) => groupOf[d]?.has(codes[variable] ?? -1)) &&
      admitted.every((one) => one.codes.has(codes[one.variable] ?? -1)),
  );
  const columns = by.map(({ variable }, d) =>
    Uint32Array.from(own, ({ codes }) => groupOf[d]?.get(codes[variable] ?? -1) ?? 0),
  );
  const [exact, keys] = [new Float64Array(grid.size), new Uint32Array(grid.size)];
  own.forEach((row, i) => {
    const key = keyOf(row);
    for (const cell of grid.containing(grid.indexOf(columns, i))) {
      exact[cell] = (exact[cell] ?? 0) + 1;
      // A typed array wraps around, which is the sum modulo 2^32.
      keys[cell] = (keys[cell] ?? 0) + key;
    }
  });
  const of = (cells: readonly number[]) => ({
    keys: grid.keys.map((column) => Uint32Array.from(cells, (cell) => column[cell] ?? 0)),
    persons: Float64Array.from(cells, (cell) => exact[cell] ?? 0),
    recordKeys: Uint32Array.from(cells, (cell) => keys[cell] ?? 0),
  });
  const filled = [...exact.keys()].filter((cell) => (exact[cell] ?? 0) > 0);
  const base = filled.filter((cell) => !grid.isMargin(cell));
  const [measure, atoms] = [of(filled), of(base)];
  const signature = new Uint32Array(base.length).fill(1);
  return {
    exact,
    shape: shapeOf(asked, sizes),
    input: {
      table: {
        by: by.map(({ variable }) => ({ variable: nameOf(variable), level: 'code' })),
        ...{ model: 'attacked/1', margins, coverage: [] },
        measures: [{ kind: 'count', unit: 'persons', where: [] }],
      },
      ...{ tableHash: contentHash({ asked }), domain, rates: new Map() },
      raw: {
        measures: [{ kind: 'count', value: measure.persons, ...measure }],
        atoms: { ...atoms, records: atoms.persons, signature },
      },
    },
  };
}

const nameOf = (variable: number): string => `v${variable}`;
const stored = (code: number): string => `c${code}`;

const shapeOf = ({ by, margins = false, where = [] }: Asked, sizes: readonly number[]): TableShape => ({
  dimensions: by.map(({ variable, groups }) => ({
    variable: nameOf(variable),
    pairs: groups.map(([code, group]) => [stored(code), group] as const),
  })),
  margins,
  measures: [
    {
      figure: 'count persons',
      where: where.map(({ variable, codes }) => ({ variable: nameOf(variable), stored: codes.map(stored) })),
    },
  ],
  declared: Object.fromEntries(
    sizes.map((size, variable) => [nameOf(variable), Array.from({ length: size }, (_, code) => stored(code))]),
  ),
});
