/** What a data source is asked for: a table in terms of stored codes, free of catalogue, hierarchy and policy. */

/** A dimension as a mapping from stored codes to code numbers of the wanted grouping; stored codes that are not listed belong to no cell. */
export interface SourceDimension {
  readonly variable: string;
  readonly pairs: readonly (readonly [stored: string, number: number])[];
}

/** A condition: the stored code is one of these. */
export interface SourceFilter {
  readonly variable: string;
  readonly stored: readonly string[];
}

export type SourceMeasure =
  /** Records, or distinct values of an identifier. */
  | { readonly kind: 'count'; readonly identifier: string | null; readonly where: readonly SourceFilter[] }
  /** Sum of a whole-number variable; a missing figure is told, never taken for 0. */
  | {
      readonly kind: 'sum';
      readonly variable: string;
      readonly where: readonly SourceFilter[];
      /** With protection: a person contributes this much to a cell at most, either way. */
      readonly cap?: number;
    }
  /** Counts by stratum below each shown cell, for a weighted sum inside the node. */
  | {
      readonly kind: 'strata';
      readonly identifier: string | null;
      readonly where: readonly SourceFilter[];
      readonly stratum: SourceDimension;
    };

export interface SourceTable {
  /** Identifier of persons, for thresholds; null for aggregated data. */
  readonly person: string | null;
  readonly dimensions: readonly SourceDimension[];
  /** Totals over every subset of the dimensions as well, keyed by TOTAL. */
  readonly margins: boolean;
  readonly measures: readonly SourceMeasure[];
  /** Present where figures will carry noise: what the source must tell, and leave out, for that. */
  readonly protection?: SourceProtection;
}

export interface SourceProtection {
  /**
   * Most records of a person: those with the lowest record keys of all that the view shows, whatever the table asks for, so that no
   * condition decides which. Records of equal keys stay or go together.
   */
  readonly personCap: number;
  /** How many of the greatest contributions to a sum are told. */
  readonly topContributions: number;
}

/** Of a sum over records of persons: what noise and rules of concentration need. */
export interface RawContributions {
  /** Distinct. */
  readonly persons: Float64Array;
  readonly recordKeys: Uint32Array;
  /** Sum of the sizes of what each person contributes. */
  readonly size: Float64Array;
  /** Persons with at least one figure that was not collected. */
  readonly gaps: Float64Array;
  /** Sizes of the greatest ones, descending; 0 where there are fewer persons. */
  readonly top: readonly Float64Array[];
}

/** Exact figures of one measure; cells without a record are not listed. `keys[d][i]` is the code number of cell i, or TOTAL. */
export type RawMeasure =
  | {
      readonly kind: 'count';
      readonly keys: readonly Uint32Array[];
      readonly value: Float64Array;
      readonly persons: Float64Array;
      /**
       * With protection: sum of record keys modulo 2^32; of distinct units, that of one record for each, the one with the lowest key
       * of its unit in the cell. So equal sets have equal sums, and a count of persons another one than a count of their many records.
       */
      readonly recordKeys?: Uint32Array;
    }
  | {
      readonly kind: 'sum';
      readonly keys: readonly Uint32Array[];
      readonly value: Float64Array;
      /** 1 where at least one figure of the cell was not collected. */
      readonly missing: Uint8Array;
      /** With protection. */
      readonly contributions?: RawContributions;
    }
  | {
      readonly kind: 'strata';
      readonly keys: readonly Uint32Array[];
      readonly stratum: Uint32Array;
      readonly events: Float64Array;
      /** Distinct within a stratum: not to be added up, since a person may have events in several. */
      readonly persons: Float64Array;
      /** Distinct persons of each shown cell over all its strata together, margins included: what a threshold on persons is about. */
      readonly cells: { readonly keys: readonly Uint32Array[]; readonly persons: Float64Array };
      /** Sum of the record keys modulo 2^32 (disclosure.md 1.2): the same records always give the same noise. */
      readonly recordKeys: Uint32Array;
    };

/**
 * The finest parts that counts of one table are made of: cells without margins, split by which count measures a record
 * belongs to (bit i of `signature`: the i-th measure of the table that is a count). Two nested counts in one table
 * differ by such a part, so disclosure control must know it.
 */
export interface RawAtoms {
  readonly keys: readonly Uint32Array[];
  readonly signature: Uint32Array;
  readonly records: Float64Array;
  readonly persons: Float64Array;
  /** With protection: sum of all record keys modulo 2^32. */
  readonly recordKeys?: Uint32Array;
}

/** Exact figures. They exist inside a node only; nothing but disclosure control reads them. */
export interface RawTable {
  readonly measures: readonly RawMeasure[];
  /** Present when the table has at least one count. */
  readonly atoms: RawAtoms | null;
}
