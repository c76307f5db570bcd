/** Rows and tables for the contract of data sources: any at all, of a model that has one of everything. */
import type { SourceDimension, SourceFilter, SourceMeasure, SourceTable } from '@revier/core';
import { type DataModel, TOTAL } from '@revier/schema';
import fc from 'fast-check';
import type { GivenRow } from './data-source.reference.case.ts';

const title = { de: 'Probe', en: 'Sample' };

/** One of everything: two identifiers beside the record, dimensions with treacherous codes, a weight, a measure with gaps. */
export const model: DataModel = {
  kind: 'data-model',
  id: 'sample/1',
  title,
  record: 'stayId',
  person: 'personId',
  variables: [
    { role: 'identifier', name: 'stayId', title },
    { role: 'identifier', name: 'personId', title },
    { role: 'identifier', name: 'houseId', title },
    { role: 'dimension', name: 'area', title, codeList: null },
    { role: 'dimension', name: 'sex', title, codeList: null },
    { role: 'dimension', name: 'order', title, codeList: null },
    { role: 'weight', name: 'beds', title, min: 0, max: 1_000_000_000_000 },
    { role: 'measure', name: 'score', title, scale: 2, min: -5000, max: 5000 },
  ],
  units: { stays: { kind: 'records', title } },
};

/** Codes that a careless engine takes for one another, for numbers, for patterns or for SQL. */
export const codes: Readonly<Record<string, readonly string[]>> = {
  area: ['5911', '05911', '5911.0', 'a', 'A', 'a ', '%', '_', '\u00e4', 'a\u0308', '\u00c4', 'ss', '\u00df'],
  sex: ['M', 'W', 'm', "';--", '"', 'NULL'],
  order: ['1', '01', '+1', '1e0', '-', '\\', '$1'],
};
const dimensionNames = Object.keys(codes);
const identifiers = [null, 'personId', 'houseId', 'stayId'];

/** FNV-1a: any fixed function of the identifier serves; the sums of many must wrap around 2^32. */
export const recordKey = (id: string): number =>
  [...id].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0, 0x811c9dc5);

const codeOf = (variable: string) => fc.constantFrom(...(codes[variable] ?? []));

const row = fc.record({
  usable: fc.nat(9).map((digit) => digit > 0),
  values: fc.record({
    personId: fc.nat(6).map((number) => `p${number}`),
    houseId: fc.constantFrom('h', 'H', 'h ', '\u00fc', 'u\u0308', '\u00dc'),
    area: codeOf('area'),
    sex: codeOf('sex'),
    order: codeOf('order'),
    beds: fc.oneof(fc.nat(3), fc.constant(1_000_000_000_000)),
    score: fc.option(fc.integer({ min: -5000, max: 5000 }), { freq: 3 }),
  }),
});

export const rowsWithIds = fc
  .array(row, { maxLength: 40 })
  .map((rows): GivenRow[] =>
    rows.map(({ usable, values }, index) => ({ usable, values: { ...values, stayId: `s${index}` } })),
  );

/** Part of the codes, some that no row has, in any order; several codes may share a number. */
const dimension: fc.Arbitrary<SourceDimension> = fc
  .constantFrom(...dimensionNames)
  .chain((variable) =>
    fc
      .uniqueArray(
        fc.tuple(
          fc.oneof({ weight: 8, arbitrary: codeOf(variable) }, fc.constant('nobody')),
          fc.constantFrom(0, 1, 2, 70_000, TOTAL - 1),
        ),
        { selector: ([stored]) => stored },
      )
      .map((pairs) => ({ variable, pairs })),
  );

const filter: fc.Arbitrary<SourceFilter> = fc
  .constantFrom(...dimensionNames)
  .chain((variable) =>
    fc
      .array(fc.oneof({ weight: 8, arbitrary: codeOf(variable) }, fc.constant('nobody')), { maxLength: 8 })
      .map((stored) => ({ variable, stored })),
  );
const where = fc.array(filter, { maxLength: 2 });
const identifier = fc.constantFrom(...identifiers);

const measure: fc.Arbitrary<SourceMeasure> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('count' as const), identifier, where }) },
  fc.record(
    {
      ...{ kind: fc.constant('sum' as const), variable: fc.constantFrom('beds', 'score'), where },
      cap: fc.integer({ min: 1, max: 3000 }),
    },
    { requiredKeys: ['kind', 'variable', 'where'] },
  ),
  fc.record({ kind: fc.constant('strata' as const), identifier, where, stratum: dimension }),
);

const protection = fc.record({
  personCap: fc.integer({ min: 1, max: 5 }),
  topContributions: fc.integer({ min: 1, max: 4 }),
});

export const table: fc.Arbitrary<SourceTable> = fc.record(
  {
    person: fc.constantFrom('personId', 'personId', null),
    dimensions: fc.array(dimension, { maxLength: 3 }),
    margins: fc.boolean(),
    measures: fc.array(measure, { minLength: 1, maxLength: 4 }),
    protection,
  },
  { requiredKeys: ['person', 'dimensions', 'margins', 'measures'] },
);
