/** Answers of the compiled statements, put back into the shape of a raw table. */
import type { RawAtoms, RawMeasure, RawTable, SourceMeasure, SourceTable } from '@revier/core';
import { AppError, TOTAL } from '@revier/schema';

/** One answer, column by column, in the order that `CompiledTable` tells. */
export type NumberColumns = readonly Float64Array[];

function take(columns: NumberColumns, index: number): Float64Array {
  const column = columns[index];
  if (column === undefined) throw new AppError('INTERNAL', { detail: 'The store answered with too few columns.' });
  return column;
}

const keysOf = (columns: NumberColumns, dimensions: number): Uint32Array[] =>
  Array.from({ length: dimensions }, (_, index) => Uint32Array.from(take(columns, index)));

function toMeasure(
  measure: SourceMeasure,
  columns: NumberColumns,
  { dimensions, protection }: SourceTable,
): RawMeasure {
  const keys = keysOf(columns, dimensions.length);
  const at = (index: number): Float64Array => take(columns, dimensions.length + index);
  switch (measure.kind) {
    case 'count': {
      const counted = { kind: 'count', keys, value: at(0), persons: at(1) } as const;
      return protection === undefined ? counted : { ...counted, recordKeys: Uint32Array.from(at(2)) };
    }
    case 'sum': {
      const summed = { kind: 'sum', keys, value: at(0), missing: Uint8Array.from(at(1)) } as const;
      if (protection === undefined) return summed;
      const top = Array.from({ length: protection.topContributions }, (_, place) => at(6 + place));
      const contributions = { persons: at(2), recordKeys: Uint32Array.from(at(3)), size: at(4), gaps: at(5), top };
      return { ...summed, contributions };
    }
    case 'strata':
      return toStrata(columns, dimensions.length);
  }
}

/** The rows of the strata, and those over all strata of a cell. */
function toStrata(columns: NumberColumns, dimensions: number): RawMeasure {
  const ofTotal = Array.from(take(columns, dimensions), (stratum) => stratum === TOTAL);
  const strata = columns.map((column) => column.filter((_, row) => ofTotal[row] === false));
  const cells = columns.map((column) => column.filter((_, row) => ofTotal[row] === true));
  const at = (index: number): Float64Array => take(strata, dimensions + index);
  return {
    kind: 'strata',
    keys: keysOf(strata, dimensions),
    stratum: Uint32Array.from(at(0)),
    events: at(1),
    persons: at(2),
    recordKeys: Uint32Array.from(at(3)),
    cells: { keys: keysOf(cells, dimensions), persons: take(cells, dimensions + 2) },
  };
}

function toAtoms(columns: NumberColumns, dimensions: number, isKeyed: boolean): RawAtoms {
  const at = (index: number): Float64Array => take(columns, dimensions + index);
  return {
    keys: keysOf(columns, dimensions),
    signature: Uint32Array.from(at(0)),
    records: at(1),
    persons: at(2),
    ...(isKeyed ? { recordKeys: Uint32Array.from(at(3)) } : {}),
  };
}

/** `answers` are those of `CompiledTable.measures`, in the same order. */
export function toRawTable(
  table: SourceTable,
  answers: readonly NumberColumns[],
  atoms: NumberColumns | null,
): RawTable {
  return {
    measures: table.measures.map((measure, index) => toMeasure(measure, answers[index] ?? [], table)),
    atoms: atoms === null ? null : toAtoms(atoms, table.dimensions.length, table.protection !== undefined),
  };
}
