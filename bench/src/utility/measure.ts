/** How useful a protected table is: what is withheld, how far figures are off, which rates come out, and whose cases vanish. */
import { TOTAL } from '@revier/schema';
import type { Method } from './methods.ts';
import { codesKey, exactCounts } from './records.ts';
import type { Measured, Region } from './ruhr-tables.ts';

export interface Utility {
  readonly table: string;
  readonly method: string;
  readonly cells: number;
  /** Share of the cells with cases that show nothing. */
  readonly withheld: number;
  /** Absolute, of shown counts. */
  readonly meanError: number;
  readonly error95: number;
  /** Relative, of crude rates by cell, in 95 of 100 shown cells; null where the table is finer than rates by district are. */
  readonly crude95: number | null;
  /** Directly standardised rates by deprivation quintile, summed up from shown cells: greatest relative error. Null without ages. */
  readonly direct: number | null;
  /** Share of all cases in withheld cells, by quintile, least deprived first. */
  readonly lost: readonly number[];
}

export function measure(region: Region, measured: Measured, method: Method): Utility {
  const { table, records, name } = measured;
  const truth = exactCounts(table, records);
  const shown = method.protect(table, records)[0] ?? new Map<string, number | null>();
  const cells = [...truth].map(([cell, exact]) => ({
    codes: cell.split(',').map(Number),
    exact,
    value: shown.get(cell) ?? null,
  }));
  const inner = cells.filter(({ codes }) => !codes.includes(TOTAL));
  const filled = cells.filter(({ exact }) => exact > 0);
  const errors = filled
    .flatMap(({ exact, value }) => (value === null ? [] : [Math.abs(value - exact)]))
    .sort((a, b) => a - b);
  return {
    ...{ table: name, method: method.name, cells: cells.length },
    withheld: filled.filter(({ value }) => value === null).length / filled.length,
    meanError: errors.reduce((sum, error) => sum + error, 0) / Math.max(1, errors.length),
    error95: upper95(errors),
    crude95: table.domain.length > 2 ? null : crudeError(inner),
    direct: directError(region, measured, new Map(inner.map(({ codes, value }) => [codesKey(codes), value]))),
    lost: lostByQuintile(measured, inner),
  };
}

const upper95 = (sorted: readonly number[]): number => sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0;

interface InnerCell {
  readonly codes: readonly number[];
  readonly exact: number;
  readonly value: number | null;
}

/** Denominators are public and exact, so a rate is off by as much as its count. */
const crudeError = (cells: readonly InnerCell[]): number =>
  upper95(
    cells
      .flatMap(({ exact, value }) => (value === null || exact === 0 ? [] : [Math.abs(value - exact) / exact]))
      .sort((a, b) => a - b),
  );

/** Whoever adds up shown cells takes withheld ones for nothing. */
function directError(
  { personYears, standard, quintileOf }: Region,
  { records, name }: Measured,
  shown: ReadonlyMap<string, number | null>,
) {
  if (name !== 'all sites, district × age') return null;
  const rates = (countOf: (district: number, band: number) => number) =>
    [0, 1, 2, 3, 4].map((quintile) =>
      standard.reduce((sum, weight, band) => {
        const own = quintileOf.flatMap((other, district) => (other === quintile ? [district] : []));
        const events = own.reduce((all, district) => all + countOf(district, band), 0);
        return sum + (weight * events) / own.reduce((all, district) => all + (personYears[district]?.[band] ?? 0), 0);
      }, 0),
    );
  const exact = new Map<string, number>();
  for (const { codes } of records) exact.set(codesKey(codes), (exact.get(codesKey(codes)) ?? 0) + 1);
  const truth = rates((district, band) => exact.get(codesKey([district, band])) ?? 0);
  const found = rates((district, band) => shown.get(codesKey([district, band])) ?? 0);
  return Math.max(...truth.map((rate, i) => Math.abs((found[i] ?? 0) - rate) / rate));
}

function lostByQuintile({ quintile }: Measured, cells: readonly InnerCell[]): readonly number[] {
  return [0, 1, 2, 3, 4].map((wanted) => {
    const own = cells.filter(({ codes }) => quintile(codes) === wanted);
    const all = own.reduce((sum, { exact }) => sum + exact, 0);
    return own.filter(({ value }) => value === null).reduce((sum, { exact }) => sum + exact, 0) / Math.max(1, all);
  });
}
