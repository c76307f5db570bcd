/** Areas and their deprivation: the code list of the invented districts, and quintiles of equal population. */
import type { CodeEntry, CodeList, Lookup } from '@revier/schema';
import { cities, type District } from './districts.ts';
import type { Cell } from './population.ts';

const areaList = 'area-ruhr-synthetic/1';
const region = 'RUHR-SYN';

export function areaCodeList(districts: readonly District[]): CodeList {
  const nameOf = new Map(cities.map((city) => [city.code, city.name]));
  return {
    kind: 'code-list',
    id: areaList,
    title: {
      de: 'Gebiete, SYNTHETISCH: erfundene Ortsteile in Bochum, Essen und Gelsenkirchen',
      en: 'Areas, SYNTHETIC: invented districts in Bochum, Essen and Gelsenkirchen',
    },
    levels: ['district', 'city', 'region'],
    codes: [
      ...districts.map(({ code, city }): CodeEntry => {
        const number = code.slice(-2);
        const name = nameOf.get(city) ?? city;
        const label = { de: `${name}, Ortsteil ${number} (erfunden)`, en: `${name}, district ${number} (invented)` };
        return { code, level: 'district', parent: city, label };
      }),
      ...cities.map(({ code, name }): CodeEntry => {
        return { code, level: 'city', parent: region, label: { de: name, en: name } };
      }),
      {
        code: region,
        level: 'region',
        label: { de: 'Synthetisches Ruhrgebiet (erfunden)', en: 'Synthetic Ruhr (invented)' },
      },
    ],
    source:
      'SYNTHETIC: districts are invented and match no real place; city keys and names are official (Destatis Gemeindeverzeichnis, dl-de/by-2-0)',
  };
}

const quintiles = ['Q1', 'Q2', 'Q3', 'Q4', 'Q5'] as const;
export type Quintile = (typeof quintiles)[number];

/**
 * Each district's quintile. Districts are sorted from least to most deprived; a district belongs to the fifth of the population of 2020 that
 * holds the middle of its own people.
 * @param cells the population at full size, whatever the size of the region, so that the cut is the same for every size
 */
export function quintileOf(districts: readonly District[], cells: readonly Cell[]): ReadonlyMap<string, Quintile> {
  const people = new Map<string, number>();
  for (const { district, year, persons } of cells)
    if (year === 2020) people.set(district.code, (people.get(district.code) ?? 0) + persons);
  const sorted = [...districts].sort((a, b) => a.score - b.score || (a.code < b.code ? -1 : 1));
  const total = sorted.reduce((sum, { code }) => sum + (people.get(code) ?? 0), 0);
  let before = 0;
  return new Map(
    sorted.map(({ code }) => {
      const own = people.get(code) ?? 0;
      const middle = (before + own / 2) / total;
      before += own;
      return [code, quintiles[Math.floor(middle * quintiles.length)] ?? 'Q5'];
    }),
  );
}

export function deprivationLookup(quintileOfDistrict: ReadonlyMap<string, Quintile>): Lookup {
  const label = (code: Quintile) => {
    if (code === 'Q1') return { de: 'Q1 (am wenigsten benachteiligt)', en: 'Q1 (least deprived)' };
    if (code === 'Q5') return { de: 'Q5 (am stärksten benachteiligt)', en: 'Q5 (most deprived)' };
    return { de: code, en: code };
  };
  const pairs = [...quintileOfDistrict].map(([code, quintile]): [string, string] => [code, quintile]);
  return {
    kind: 'lookup',
    name: 'deprivation-quintile-2021',
    title: {
      de: 'Quintil der Benachteiligung 2021 (SYNTHETISCH)',
      en: 'Quintile of deprivation 2021 (SYNTHETIC)',
    },
    from: { codeList: areaList, level: 'district' },
    to: quintiles.map((code) => ({ code, label: label(code) })),
    pairs: pairs.sort(([a], [b]) => (a < b ? -1 : 1)),
    source:
      'SYNTHETIC: invented deprivation index of invented districts, year 2021; cut within the region of Bochum, Essen and Gelsenkirchen together into quintiles of equal population (annual mean of 2020); Apache-2.0',
  };
}
