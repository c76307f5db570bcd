/** The tables that are measured: cancer cases of the synthetic Ruhr at its real size, with what is needed to judge the figures. */
import { builtInCodeLists, builtInStandards } from '@revier/schema';
import { syntheticRuhr } from '@revier/synthetic-ruhr';
import { type CaseRecord, type CountTable, keyOf, oneCount } from './records.ts';

export interface Measured {
  readonly name: string;
  readonly table: CountTable;
  readonly records: readonly CaseRecord[];
  /** Deprivation quintile of a cell, 0 to 4, by its codes; null for totals and where areas are not districts. */
  readonly quintile: (codes: readonly number[]) => number | null;
}

export interface Region {
  readonly tables: readonly Measured[];
  /** Person-years by district and by age group. */
  readonly personYears: readonly (readonly number[])[];
  /** Weights of the European standard by age group. */
  readonly standard: readonly number[];
  readonly quintileOf: readonly number[];
}

const cities = ['05911', '05113', '05513'] as const;
const list = (id: string) => builtInCodeLists.find((one) => one.id === id)?.codes ?? [];
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

/** @param persons size of the region; its real one when null */
export function region(persons: number | null): Region {
  const ruhr = syntheticRuhr(persons === null ? {} : { persons });
  const districts = ruhr.areas.codes.filter(({ level }) => level === 'district').map(({ code }) => code);
  const bands = list('age/1')
    .filter(({ level }) => level === 'band14')
    .map(({ code }) => code);
  const quintileOf = districts.map(
    (code) => Number(ruhr.deprivation.pairs.find(([from]) => from === code)?.[1].slice(1)) - 1,
  );
  const places = { districts: placesOf(districts), bands: placesOf(bands) };
  return {
    ...{ tables: tablesOf(ruhr, places, quintileOf), quintileOf },
    personYears: personYearsOf(ruhr, places),
    standard: builtInStandards.find(({ name }) => name === 'ESP2013-14')?.weights.map(([, weight]) => weight) ?? [],
  };
}

const placesOf = (codes: readonly string[]): ReadonlyMap<string, number> =>
  new Map(codes.map((code, at) => [code, at]));

/** Groups of sites that people of the sex (0: women) do not have, as the register's description says. */
const ofOneSex = [
  { groups: ['C51', 'C52', 'C53', 'C54-C55', 'C56', 'C57-C58'].flatMap((group) => [group, `${group}.`]), sex: 1 },
  { groups: ['C60', 'C61', 'C62', 'C63'].flatMap((group) => [group, `${group}.`]), sex: 0 },
];

interface Places {
  readonly districts: ReadonlyMap<string, number>;
  readonly bands: ReadonlyMap<string, number>;
}

type Ruhr = ReturnType<typeof syntheticRuhr>;

interface Case {
  readonly district: number;
  readonly band: number;
  readonly sex: number;
  readonly site: string;
  readonly late: boolean;
  readonly key: number;
}

function casesOf(ruhr: Ruhr, { districts, bands }: Places): Case[] {
  const columns = ruhr.cancerCases();
  const ages = new Map(list('age/1').map(({ code, parent }) => [code, parent ?? '']));
  const groups = new Map(list('site/1').map(({ code, parent }) => [code, parent ?? '']));
  const at = (name: string, row: number): string => String(columns[name]?.[row]);
  return numbers(columns.caseId?.length ?? 0)
    .filter((row) => at('behaviour', row) === '3')
    .map((row) => ({
      district: districts.get(at('area', row)) ?? -1,
      band: bands.get(ages.get(ages.get(at('age', row)) ?? '') ?? '') ?? -1,
      sex: at('sex', row) === 'F' ? 0 : 1,
      site: groups.get(at('site', row)) ?? 'other',
      late: ['III', 'IV'].includes(at('uicc', row)),
      key: keyOf(at('caseId', row)),
    }));
}

function tablesOf(ruhr: Ruhr, places: Places, quintileOf: readonly number[]): readonly Measured[] {
  const all = casesOf(ruhr, places);
  const sites = placesOf([...new Set(all.map(({ site }) => site))].sort());
  const [districts, bands, sexes] = [numbers(places.districts.size), numbers(places.bands.size), [0, 1]];
  const made = (
    name: string,
    domain: CountTable['domain'],
    own: readonly Case[],
    codes: (one: Case) => number[],
    impossible: CountTable['impossible'] = [],
  ): Measured => ({
    name,
    table: { domain, margins: domain.length === 2, wheres: oneCount, impossible },
    records: own.map((one) => ({ codes: codes(one), key: one.key, signature: 1 })),
    quintile: ([district]) => quintileOf[district ?? -1] ?? null,
  });
  const colorectal = all.filter(({ site }) => site === 'C18-C20');
  return [
    made(
      'late colorectal, district × sex',
      [districts, sexes],
      colorectal.filter(({ late }) => late),
      (one) => [one.district, one.sex],
    ),
    made('colorectal, district × age × sex', [districts, bands, sexes], colorectal, (one) => [
      one.district,
      one.band,
      one.sex,
    ]),
    made('all sites, district × age', [districts, bands], all, (one) => [one.district, one.band]),
    made(
      'district × age × sex × site',
      [districts, bands, sexes, numbers(sites.size)],
      all,
      (one) => [one.district, one.band, one.sex, sites.get(one.site) ?? -1],
      ofOneSex.map(({ groups, sex }) => [null, null, [sex], groups.flatMap((group) => sites.get(group) ?? [])]),
    ),
  ];
}

function personYearsOf(ruhr: Ruhr, { districts, bands }: Places): number[][] {
  const years = Array.from(districts, () => Array.from(bands, () => 0));
  for (const city of cities) {
    const columns = ruhr.population(city);
    numbers(columns.area?.length ?? 0).forEach((row) => {
      const own = years[districts.get(String(columns.area?.[row])) ?? -1];
      const band = bands.get(String(columns.age?.[row])) ?? -1;
      if (own !== undefined) own[band] = (own[band] ?? 0) + Number(columns.persons?.[row]);
    });
  }
  return years;
}
