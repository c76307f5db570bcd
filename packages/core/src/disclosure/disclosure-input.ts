/** What disclosure control is given: a table, its exact figures, and the public figures that its rates stand on. */
import type { Sha256, Table } from '@revier/schema';
import type { Impossible } from '../query/source-plan.ts';
import type { RawTable } from '../query/source-table.ts';
import type { CellKeyRules } from './protection.ts';

/** Denominators that travelled to the node, summed over covered areas and years, without margins: `keys[d][i]` is the code number of entry i in dimension d. */
export interface Population {
  readonly keys: readonly Uint32Array[];
  readonly stratum: Uint32Array;
  /** Persons or person-years, whole numbers. A cell of the table that is not listed has none. */
  readonly persons: Float64Array;
  /** Dimensions that the population does not know (stage, say): it stands under each of their codes, and once under their total. */
  readonly repeatedAlong?: readonly number[];
}

export interface RateBasis {
  readonly population: Population;
  /** Standard weights by stratum number, in any unit; a stratum of weight 0 does not count. */
  readonly weights: readonly number[];
  /** Middle of each stratum in years, where the strata are ages: for the public variance model. */
  readonly strataMidAges: readonly number[] | null;
}

export interface DisclosureInput {
  readonly table: Table;
  readonly tableHash: Sha256;
  /** Code numbers that may appear in each dimension, ascending: the cells are their cross product, plus TOTAL where the table has margins. */
  readonly domain: readonly (readonly number[])[];
  /** Combinations of codes in which nobody can be, as everybody knows. */
  readonly impossible?: readonly Impossible[];
  /** Measures in the order of the table's. */
  readonly raw: RawTable;
  /** For each direct-rate measure, by its place in the table: what its weights are made of. */
  readonly rates: ReadonlyMap<number, RateBasis>;
}

export interface LocalRules {
  /** The threshold k, in persons: a figure about fewer is withheld. */
  readonly minCellSize: number;
  /** Noise by cell keys instead of suppression; null or absent: counts are suppressed and sums refused. */
  readonly cellKeys?: CellKeyRules | null;
  /** Where counts are suppressed together with those of other tables: 1 for each that may be shown, `count * cells + cell`. */
  readonly pattern?: Uint8Array | null;
}
