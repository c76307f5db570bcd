/** Which counts of a table a record can belong to at once: told from the filters alone, so that it says nothing about the data. */
import type { TableMeasure } from '@revier/schema';

type Where = TableMeasure['where'];

/**
 * All signatures (bit i: the record meets filter i) but 0, ascending; null where there are more than `limit`. Codes that no filter
 * names are taken to exist, so a signature may turn out impossible; it is then protected in vain, never the other way round.
 * The signatures that occur are not enough: where "all" and "of known stage" agree in every cell, none occurs for their
 * difference, and showing both would say that no stage is unknown.
 */
export function possibleSignatures(filters: readonly Where[], limit: number): readonly number[] | null {
  const everything = 2 ** filters.length - 1;
  const variables = new Set(filters.flatMap((where) => where.map(({ variable }) => variable)));
  let signatures = new Set([everything]);
  for (const variable of variables) {
    const classes = classesOf(filters, variable);
    signatures = new Set([...signatures].flatMap((signature) => classes.map((mask) => signature & mask)));
    if (signatures.size > limit) return null;
  }
  return [...signatures].filter((signature) => signature !== 0).sort((a, b) => a - b);
}

/** The distinct answers that codes of one variable give to all filters, the code that none of them names included. */
function classesOf(filters: readonly Where[], variable: string): readonly number[] {
  const named = filters.map((where) =>
    where.filter((filter) => filter.variable === variable).map(({ atoms }) => new Set(atoms)),
  );
  const codes = new Set(named.flatMap((sets) => sets.flatMap((set) => [...set])));
  const masks = [...codes].map((code) => maskOf(named, (sets) => sets.every((set) => set.has(code))));
  return [...new Set([...masks, maskOf(named, (sets) => sets.length === 0)])];
}

const maskOf = (named: readonly Set<string>[][], meets: (sets: readonly Set<string>[]) => boolean): number =>
  named.reduce((mask, sets, i) => (meets(sets) ? mask + 2 ** i : mask), 0);
