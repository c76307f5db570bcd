/** For tests: rates of two districts, asked for in many ways. */
import { cellStatuses, eventClasses, ReleaseBody, standards, type Table } from '@revier/schema';
import { NO_EVENT_CLASS } from '../columns.ts';
import { discloseLocal } from '../disclose-local.ts';
import type { DisclosureInput, RateBasis } from '../disclosure-input.ts';
import { persons, strataOf, type TestRecord } from './microdata.ts';

export const noiseKey = new Uint8Array(32).fill(9);
export const midAges = [5, 12.5, 17.5, 22.5, 27.5, 32.5, 37.5, 42.5, 47.5, 52.5, 57.5, 62.5, 70, 82.5];
export const weights = standards.esp2013.weights.map(([, weight]) => weight);
export const districts = [0, 1];

type Rate = Extract<Table['measures'][number], { kind: 'direct-rate' }>;
const rate: Rate = {
  kind: 'direct-rate',
  unit: 'persons',
  where: [{ variable: 'diagnosis', atoms: ['C34'] }],
  over: { variable: 'age', level: 'band14' },
  standard: 'ESP2013-14',
  per: 100_000,
  interval: 'fay-feuer',
  denominator: { model: 'population/1', sum: 'persons', where: [] },
};

export interface Asked {
  readonly records: readonly TestRecord[];
  /** Persons by district and stratum. */
  readonly population?: readonly (readonly number[])[];
  readonly margins?: boolean;
  readonly measure?: Partial<Rate>;
  readonly basis?: Partial<RateBasis>;
  readonly repeatedAlong?: readonly number[];
  readonly key?: Uint8Array;
  readonly k?: number;
}

export const evenPopulation = districts.map(() => weights.map(() => 8000));

export function inputOf({
  records,
  population = evenPopulation,
  margins = false,
  measure = {},
  basis = {},
  repeatedAlong = [],
}: Asked): DisclosureInput {
  const entries = population.flatMap((row, district) => row.map((count, stratum) => ({ district, stratum, count })));
  return {
    table: {
      model: 'cancer-case/1',
      by: [{ variable: 'area', level: 'district' }],
      margins,
      coverage: [],
      measures: [{ ...rate, ...measure }],
    },
    tableHash: `sha256:${'b'.repeat(64)}`,
    domain: [districts],
    raw: { measures: [strataOf(records, 1, margins)], atoms: null },
    rates: new Map([
      [
        0,
        {
          population: {
            keys: [Uint32Array.from(entries, ({ district }) => district)],
            stratum: Uint32Array.from(entries, ({ stratum }) => stratum),
            persons: Float64Array.from(entries, ({ count }) => count),
            repeatedAlong,
          },
          weights,
          strataMidAges: midAges,
          ...basis,
        },
      ],
    ]),
  };
}

export function ratesOf(asked: Asked) {
  const { body } = discloseLocal(inputOf(asked), { minCellSize: asked.k ?? 10 }, asked.key ?? noiseKey);
  const [columns] = ReleaseBody.parse(body).measures;
  if (columns?.kind !== 'direct-rate') throw new Error('expected a rate');
  return [...columns.status].map((status, cell) => ({
    status: cellStatuses[status],
    rate: columns.rate[cell] ?? 0,
    lower: columns.lower[cell] ?? 0,
    upper: columns.upper[cell] ?? 0,
    events: columns.events[cell] === NO_EVENT_CLASS ? null : eventClasses[columns.events[cell] ?? -1],
  }));
}

/** Events by stratum in the first district, one person each, with keys as a node would have them. */
export const eventsOf = (counts: readonly number[], district = 0, first = 0): TestRecord[] =>
  counts.flatMap((count, stratum) =>
    persons(first + stratum * 1000, count, { codes: [district], signature: 1, stratum }).map((record) => ({
      ...record,
      recordKey: Math.imul(record.person + 1, 2_654_435_761) >>> 0,
    })),
  );

export const typical = [0, 0, 0, 1, 0, 2, 3, 5, 8, 14, 20, 30, 60, 50];
export const strataInput = (counts: readonly number[]) =>
  counts.map((events, i) => ({ events, population: 8000, weight: weights[i] ?? 0 }));
export const digitsOf = (x: number) =>
  x
    .toExponential()
    .replace(/e.*|[.-]/g, '')
    .replace(/0+$/, '').length;
export const withheld = { status: 'withheld', rate: Number.NaN, lower: Number.NaN, upper: Number.NaN, events: null };
