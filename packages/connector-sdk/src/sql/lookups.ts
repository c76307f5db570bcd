/** The lookups of a table: every list of codes that its SQL needs, numbered, handed over beside the SQL as one relation. */
import type { SourceDimension, SourceFilter, SourceMeasure, SourceProtection, SourceTable } from '@revier/core';

/**
 * Rows `(slot, stored, number)` of the relation `lookup`. Codes never stand in the SQL: a filter may list 50,000 codes,
 * more than the parameters of a PostgreSQL statement, and arrays cannot be bound in DuckDB.
 */
export interface Lookup {
  readonly slot: number;
  readonly stored: readonly string[];
  /** Code numbers of a dimension; zeros for a filter. */
  readonly numbers: readonly number[];
}

/** A variable and the slot that holds its codes. */
export interface Slotted {
  readonly variable: string;
  readonly slot: number;
}

export interface SlottedMeasure {
  readonly measure: SourceMeasure;
  readonly where: readonly Slotted[];
  /** Of a `strata` measure. */
  readonly stratum: Slotted | null;
}

export interface SlottedTable {
  readonly person: string | null;
  readonly margins: boolean;
  readonly protection: SourceProtection | null;
  readonly dimensions: readonly Slotted[];
  readonly measures: readonly SlottedMeasure[];
  readonly lookups: readonly Lookup[];
}

/** Numbers the lookups of a table: dimensions first, then measure by measure, so that equal tables give equal SQL. */
export function assignSlots(table: SourceTable): SlottedTable {
  const lookups: Lookup[] = [];
  const add = (variable: string, stored: readonly string[], numbers: readonly number[]): Slotted => {
    const slot = lookups.length;
    lookups.push({ slot, stored, numbers });
    return { variable, slot };
  };
  const addDimension = ({ variable, pairs }: SourceDimension): Slotted =>
    add(
      variable,
      pairs.map(([stored]) => stored),
      pairs.map(([, number]) => number),
    );
  const addFilter = ({ variable, stored }: SourceFilter): Slotted => {
    const distinct = [...new Set(stored)];
    return add(
      variable,
      distinct,
      distinct.map(() => 0),
    );
  };
  const dimensions = table.dimensions.map(addDimension);
  const measures = table.measures.map((measure) => ({
    measure,
    where: measure.where.map(addFilter),
    stratum: measure.kind === 'strata' ? addDimension(measure.stratum) : null,
  }));
  const { person, margins, protection = null } = table;
  return { person, margins, protection, dimensions, measures, lookups };
}
