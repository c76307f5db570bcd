/** The attacked federation as the laptop founds one: five registers of one model, each with its own districts, and their populations. */
import type { DatasetSpec, FederationSpec, HolderSpec } from '@revier/laptop';
import { grainOf } from '@revier/laptop';
import {
  builtInCodeLists,
  type CodeList,
  type DataModel,
  type DisclosureRules,
  dataModels,
  type QuestionInput,
} from '@revier/schema';
import {
  cityOf,
  DISTRICTS_EACH,
  districtCode,
  holders,
  K,
  type People,
  type Slug,
  STAGES,
  suppressing,
} from './people.ts';

export const REGISTER = 'urn:revier:register:attacked';
const AREAS = 'area-attacked/1';
const YEARS = { from: 2016, to: 2020 };

const text = (of: string) => ({ de: of, en: of });

const areas: CodeList = {
  kind: 'code-list',
  id: AREAS,
  title: text('Invented districts'),
  levels: ['district', 'city', 'region'],
  codes: [
    ...holders.flatMap((holder) =>
      Array.from({ length: DISTRICTS_EACH }, (_, place) => ({
        code: districtCode(holder, place),
        level: 'district',
        parent: cityOf(holder),
      })),
    ),
    ...holders.map((holder) => ({ code: cityOf(holder), level: 'city', parent: 'R' })),
    { code: 'R', level: 'region' },
  ],
};

const keyed: DisclosureRules = { method: 'cell-key', ptable: { D: 5, V: 3, js: 2 }, belowK: 'withhold' };

export function attackedFederation(people: People, questions: readonly QuestionInput[]): FederationSpec {
  const name = (of: string) => ({ id: `did:web:${of}.example`, name: of });
  return {
    name: 'attacked',
    documents: [areas],
    source: name('source'),
    operator: name('operator'),
    broker: name('broker'),
    dataUser: { ...name('university'), sector: 'mandatee' },
    holders: holders.map((slug) => holder(people, slug)),
    registers: [
      {
        ...{ id: REGISTER, title: text('Stages by district'), aim: 'To be attacked: all persons are invented.' },
        ...{ legalBasis: 'lkrg-nrw:P23', recipientBasis: 'EHDS Art. 53(1)(a)', questions },
      },
    ],
    demonstration: [],
  };
}

const holder = (people: People, slug: Slug): HolderSpec => ({
  slug,
  id: `did:web:${slug}.example`,
  name: slug,
  minCellSize: K,
  disclosure: slug === suppressing ? { method: 'suppress' } : keyed,
  datasets: [
    dataset(slug, 'cases', dataModels.cancerCase, () => casesOf(people, slug)),
    dataset(slug, 'population', dataModels.population, () => populationOf(slug)),
  ],
});

type Made = Readonly<Record<string, (string | number)[]>>;

const dataset = (slug: Slug, kind: 'cases' | 'population', model: DataModel, columns: () => Made): DatasetSpec => ({
  name: `${kind}-${slug}`,
  model,
  mode: kind === 'cases' ? 'L' : 'O',
  title: text(`${kind} of ${slug}`),
  description: text('Invented, to be attacked'),
  grain: grainOf(model, {
    areaList: AREAS,
    codes: kind === 'cases' ? held : { sex: ['F', 'M'] },
    ...(kind === 'cases' ? {} : { levels: { age: 'band14' } }),
  }),
  coverage: { areas: [cityOf(slug)], years: YEARS },
  source: 'SYNTHETIC: invented for attacks',
  synthetic: true,
  asOf: '2021-06-30T00:00:00Z',
  ...(kind === 'cases' ? {} : { population: { basis: 'invented', kind: 'annual-mean', refDate: 'mean of the year' } }),
  columns: () => [columns()],
});

/** Codes that the registers hold; the rest are structural zeros, and public. */
const held = {
  ...{ sex: ['F', 'M', 'D'], uicc: [...STAGES], dco: ['no', 'yes', 'U'] },
  ...{ site: ['C16', 'C18', 'C34'], behaviour: ['3'] },
};

function casesOf({ byHolder }: People, slug: Slug): Made {
  const own = byHolder.get(slug) ?? [];
  return {
    caseId: own.map(({ id }) => `${id}-c`),
    personId: own.map(({ id }) => id),
    area: own.map(({ area }) => area),
    diagnosisYear: own.map(({ year }) => year),
    diagnosisMonth: own.map(({ month }) => month),
    datePrecision: own.map(() => 'E'),
    sex: own.map(({ sex }) => sex),
    age: own.map(({ age }) => String(age)),
    site: own.map(({ site }) => site),
    behaviour: own.map(() => '3'),
    uicc: own.map(({ stage }) => stage),
    dco: own.map(({ dco }) => dco),
  };
}

/** As many in every cell, but for every tenth district: there the youngest are one, so that a case of theirs would outweigh all others (A23). */
export const PERSONS_IN_CELL = 300;
export const isLopsided = (area: string): boolean => Number(area.slice(2)) % 10 === 0;

function populationOf(slug: Slug): Made {
  const bands =
    builtInCodeLists.find(({ id }) => id === 'age/1')?.codes.filter(({ level }) => level === 'band14') ?? [];
  const rows = Array.from({ length: DISTRICTS_EACH }, (_, place) => districtCode(slug, place)).flatMap((area) =>
    [2016, 2017, 2018, 2019, 2020].flatMap((year) =>
      ['F', 'M'].flatMap((sex) =>
        bands.map(({ code }, at) => ({
          ...{ area, year: String(year), sex, age: code },
          persons: at === 0 && isLopsided(area) ? 1 : PERSONS_IN_CELL,
        })),
      ),
    ),
  );
  return {
    area: rows.map(({ area }) => area),
    year: rows.map(({ year }) => year),
    sex: rows.map(({ sex }) => sex),
    age: rows.map(({ age }) => age),
    persons: rows.map(({ persons }) => persons),
  };
}
