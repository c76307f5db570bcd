/** For tests: the figures that disclosure control would guard, exact and bare. It makes no release, so nothing of it can be sent. */
import { type DisclosureInput, directRate, type RawMeasure } from '@revier/core';
import {
  cellStatuses,
  eventClasses,
  type ReleaseBody,
  type ReleaseColumns,
  type TableMeasure,
  TOTAL,
} from '@revier/schema';

type RawStrata = Extract<RawMeasure, { kind: 'strata' }>;
type RawFigures = Exclude<RawMeasure, RawStrata>;
type RateMeasure = Extract<TableMeasure, { kind: 'direct-rate' }>;
type RateColumns = Extract<ReleaseColumns, { kind: 'direct-rate' }>;

const byteOf = (status: (typeof cellStatuses)[number]): number => cellStatuses.indexOf(status);
const NO_CLASS = 0xff;

/** Production refuses a process in which this is loaded (service-kit, guards.ts). */
Reflect.set(globalThis, Symbol.for('revier.guards-off'), true);

/** Every cell in the order of a release, with exact counts, sums and rates; for telling what the guards change. */
export function discloseWithGuardsOff(input: DisclosureInput): ReleaseBody {
  const cells = cellsOf(input);
  const places = new Map(cells.map((cell, i) => [cell.join(), i]));
  const placeOf = (keys: readonly Uint32Array[], i: number) => places.get(keys.map((column) => column[i]).join()) ?? -1;
  const measures = input.table.measures.map((measure, m): ReleaseColumns => {
    const raw = input.raw.measures[m];
    if (raw === undefined) throw new RangeError('a measure has no figures');
    if (raw.kind !== 'strata') return exactFigures(raw, cells.length, placeOf);
    if (measure.kind !== 'direct-rate') throw new RangeError('strata belong to a rate');
    return exactRates(input, { m, measure, raw }, cells, placeOf);
  });
  return {
    format: 'revier-release/1',
    table: input.tableHash,
    keys: input.domain.map((_, d) => Uint32Array.from(cells, (cell) => cell[d] ?? TOTAL)),
    measures,
  };
}

const cellsOf = ({ domain, table }: DisclosureInput): number[][] =>
  domain.reduce<number[][]>(
    (cells, codes) =>
      cells.flatMap((cell) => (table.margins ? [...codes, TOTAL] : codes).map((code) => [...cell, code])),
    [[]],
  );

type PlaceOf = (keys: readonly Uint32Array[], i: number) => number;

function exactFigures(raw: RawFigures, size: number, placeOf: PlaceOf): ReleaseColumns {
  const counted = raw.kind === 'count';
  const status = new Uint8Array(size).fill(byteOf(counted ? 'zero' : 'notCollected'));
  const value = new Float64Array(size).fill(counted ? 0 : Number.NaN);
  raw.value.forEach((figure, i) => {
    if (raw.kind === 'sum' && raw.missing[i] !== 0) return;
    status[placeOf(raw.keys, i)] = byteOf(figure === 0 ? 'zero' : 'value');
    value[placeOf(raw.keys, i)] = figure;
  });
  return { kind: raw.kind, status, value };
}

interface RateFigures {
  readonly m: number;
  readonly measure: RateMeasure;
  readonly raw: RawStrata;
}

function exactRates(
  input: DisclosureInput,
  { m, measure, raw }: RateFigures,
  cells: readonly (readonly number[])[],
  placeOf: PlaceOf,
): RateColumns {
  const basis = input.rates.get(m);
  if (basis === undefined) throw new RangeError('a rate has no denominators');
  const columns = emptyRates(cells.length);
  const events = new Map(Array.from(raw.events, (count, i) => [`${placeOf(raw.keys, i)}|${raw.stratum[i]}`, count]));
  cells.forEach((cell, place) => {
    const strata = basis.weights.flatMap((weight, stratum) =>
      weight > 0
        ? [
            {
              weight,
              events: events.get(`${place}|${stratum}`) ?? 0,
              population: populationOf(basis.population, input.domain, cell, stratum),
            },
          ]
        : [],
    );
    if (strata.length === 0 || strata.some(({ population }) => population === 0)) return;
    const exact = directRate({ strata, per: measure.per });
    columns.status[place] = byteOf('value');
    columns.rate[place] = exact.rate;
    columns.lower[place] = exact.lower;
    columns.upper[place] = exact.upper;
    columns.events[place] = classOf(exact.events);
  });
  return columns;
}

function emptyRates(size: number): RateColumns {
  const none = () => new Float64Array(size).fill(Number.NaN);
  return {
    kind: 'direct-rate',
    status: new Uint8Array(size).fill(byteOf('notCollected')),
    rate: none(),
    lower: none(),
    upper: none(),
    events: new Uint8Array(size).fill(NO_CLASS),
  };
}

type Population = NonNullable<ReturnType<DisclosureInput['rates']['get']>>['population'];

/** Persons below a cell in a stratum; a population that does not know a dimension counts once in its total. */
function populationOf(
  { keys, stratum, persons, repeatedAlong = [] }: Population,
  domain: DisclosureInput['domain'],
  cell: readonly number[],
  wanted: number,
): number {
  const isBelow = (i: number) =>
    domain.every((codes, d) => {
      const own = keys[d]?.[i] ?? TOTAL;
      if (cell[d] !== TOTAL) return own === cell[d];
      return repeatedAlong.includes(d) ? own === codes[0] : codes.includes(own);
    });
  return persons.reduce((sum, count, i) => (stratum[i] === wanted && isBelow(i) ? sum + count : sum), 0);
}

/** The class of a number of events; fewer than the lowest class have none. */
const classOf = (events: number): number => {
  const place = eventClasses.findLastIndex((name) => events >= Number.parseInt(name, 10));
  return place < 0 ? NO_CLASS : place;
};
