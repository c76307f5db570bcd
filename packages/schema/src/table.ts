/** Tables: what one dataset is asked for. An agreement lists its tables (the lattice); a plan consists of them. */
import { z } from 'zod';
import { Code, LookupName, Name, VersionedName } from './ids.ts';
import { DirectRate } from './query.ts';

/** A conjunction over variables, each expanded to the atoms of its code list, sorted: two spellings of one condition are one. */
export const AtomFilter = z.strictObject({ variable: Name, atoms: z.array(Code).min(1).max(50_000) });
export type AtomFilter = z.infer<typeof AtomFilter>;

/** A dimension with its level or lookup spelt out, never defaulted. */
export const TableDimension = z.union([
  z.strictObject({ variable: Name, level: Name }),
  z.strictObject({ variable: Name, lookup: LookupName }),
]);
export type TableDimension = z.infer<typeof TableDimension>;

const filter = z.array(AtomFilter).max(20);

/** The open table whose signed answer travels to the numerator's holder. */
export const Denominator = z.strictObject({ model: VersionedName, sum: Name, where: filter });
export type Denominator = z.infer<typeof Denominator>;

export const TableMeasure = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('count'), unit: Name, where: filter }),
  z.strictObject({ kind: z.literal('sum'), variable: Name, where: filter }),
  /** A directly standardised rate formed at the node: one weighted sum per shown cell leaves, no stratum does. */
  z.strictObject({
    kind: z.literal('direct-rate'),
    unit: Name,
    where: filter,
    over: TableDimension,
    standard: LookupName,
    per: DirectRate.shape.per.unwrap(),
    interval: DirectRate.shape.interval.unwrap(),
    denominator: Denominator,
  }),
]);
export type TableMeasure = z.infer<typeof TableMeasure>;

/**
 * One shape of answer from one dataset. `coverage` names the populations that a rate of the question stands on: only
 * areas that all of them cover in every year count, so that a missing holder leaves numerator and denominator alike.
 * Dimensions and measures are sorted and without repetition; names that people gave do not enter, so they do not make new tables.
 */
export const Table = z
  .strictObject({
    model: VersionedName,
    by: z.array(TableDimension).max(6),
    margins: z.boolean(),
    coverage: z.array(Denominator).max(5),
    measures: z.array(TableMeasure).min(1).max(20),
  })
  .meta({ id: 'Table' });
export type Table = z.infer<typeof Table>;
