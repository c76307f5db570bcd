/** Real published figures of North Rhine-Westphalia as a federation: care need at one node, population at another, GISD as the lookup. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Columns } from '@revier/connector-sdk';
import { AppError, type CodeList, codeLists, dataModels, type Lookup } from '@revier/schema';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { FederationSpec } from './federation-spec.ts';
import { grainOf } from './grain.ts';
import { readQuestion } from './questions.ts';

const YEAR = '2019';
const AREAS = 'area-nrw/2019';
const SEXES = ['F', 'M'] as const;
const LAND = '05';

const files = {
  care: join('care', 'pflegebeduerftige_kreis_sex_nrw_2015_2017_2019.csv'),
  population: join('population', 'kreis_age_sex_nrw_2015_2020.csv'),
  gisd: join('gisd', 'GISD_Bund_Kreis.csv'),
} as const;

const Kreis = z.string().regex(/^05[0-9]{3}$/);
const Whole = z
  .string()
  .regex(/^[0-9]+$/)
  .transform(Number);
const Care = z.object({
  year: z.string(),
  ags5: Kreis,
  name: z.string(),
  sex: z.enum(SEXES),
  persons_needing_care: z.union([Whole, z.literal('').transform(() => null)]),
});
const People = z.object({ year: z.string(), ags5: Kreis, sex: z.enum(SEXES), age_from: Whole, population: Whole });
const Gisd = z.object({ kreis_id: z.string(), year: z.string(), gisd_5: z.enum(['1', '2', '3', '4', '5']) });

/** @throws AppError DATA_UNREADABLE when a file is missing or a row is not what the file's description says */
export function careNeedFederation(data: string): FederationSpec {
  const care = rows(data, files.care, Care).filter(({ year }) => year === YEAR);
  const people = rows(data, files.population, People).filter(({ year }) => year === YEAR);
  const gisd = rows(data, files.gisd, Gisd).filter(({ year, kreis_id }) => year === YEAR && kreis_id.startsWith(LAND));
  return {
    name: 'care-need',
    documents: [areaList(care), gisdLookup(gisd)],
    source: { id: 'did:web:geodaten.nrw.example', name: 'Gebietsstand und Deprivationsindex' },
    operator: { id: 'did:web:operator.nrw.example', name: 'Betriebsstelle' },
    broker: { id: 'did:web:broker.nrw.example', name: 'Vermittlungsstelle NRW' },
    dataUser: { id: 'did:web:sozialplanung.example', name: 'Sozialplanung (Beispiel)', sector: 'public-body' },
    holders: [careStatistics(care), populationStatistics(people)],
    registers: [
      {
        id: 'urn:revier:register:care-need-nrw',
        title: { de: 'Pflegebedürftigkeit in Nordrhein-Westfalen', en: 'Care need in North Rhine-Westphalia' },
        aim: 'How many need care where deprivation is high? From published figures (dl-de/by-2-0).',
        legalBasis: 'oegdg-nrw:Reporting',
        recipientBasis: 'Social planning, from figures that are public',
        questions: [readQuestion('care-need.json')],
      },
    ],
    demonstration: [
      {
        file: 'care-need.json',
        title: {
          de: `Pflegebedürftige ${YEAR} je 1.000 Einwohner nach Deprivation`,
          en: `Persons needing care ${YEAR} per 1,000 inhabitants by deprivation`,
        },
      },
    ],
  };
}

function rows<S extends z.ZodType>(data: string, file: string, schema: S): z.output<S>[] {
  const path = join(data, file);
  if (!existsSync(path)) throw new AppError('DATA_UNREADABLE', { detail: `The data folder has no file ${file}.` });
  const records: unknown[] = parse(readFileSync(path), { columns: true, bom: true });
  return records.map((record, at) => {
    const row = schema.safeParse(record);
    if (!row.success)
      throw new AppError('DATA_UNREADABLE', {
        detail: `${file}, line ${at + 2}: ${row.error.issues[0]?.path.join('.')} is not as described.`,
      });
    return row.data;
  });
}

const text = (of: string) => ({ de: of, en: of });

/** The districts that the care statistics list, the dissolved Kreis Aachen (05354) among them. */
function areaList(care: readonly z.output<typeof Care>[]): CodeList {
  const names = new Map(care.map(({ ags5, name }) => [ags5, name]));
  return {
    kind: 'code-list',
    id: AREAS,
    title: { de: 'Kreise in Nordrhein-Westfalen', en: 'Districts of North Rhine-Westphalia' },
    levels: ['kreis', 'land'],
    codes: [
      ...[...names].sort().map(([code, name]) => ({ code, level: 'kreis', parent: LAND, label: text(name) })),
      { code: LAND, level: 'land', label: text('Nordrhein-Westfalen') },
    ],
    source: 'Regionalstatistik 22411-02-03-4, dl-de/by-2-0',
  };
}

const gisdLookup = (gisd: readonly z.output<typeof Gisd>[]): Lookup => ({
  kind: 'lookup',
  name: `gisd-bund-quintile-${YEAR}`,
  title: {
    de: `Deprivation (GISD ${YEAR}, Quintile Deutschlands)`,
    en: `Deprivation (GISD ${YEAR}, quintiles of Germany)`,
  },
  from: { codeList: AREAS, level: 'kreis' },
  to: [1, 2, 3, 4, 5].map((quintile) => ({
    code: `Q${quintile}`,
    label:
      quintile === 1
        ? { de: 'Q1 (geringste)', en: 'Q1 (least)' }
        : quintile === 5
          ? { de: 'Q5 (höchste)', en: 'Q5 (most)' }
          : text(`Q${quintile}`),
  })),
  pairs: gisd.map(({ kreis_id, gisd_5 }): [string, string] => [kreis_id, `Q${gisd_5}`]).sort(),
  source:
    'RKI, German Index of Socioeconomic Deprivation, release 2025, national quintiles of districts, CC BY 4.0, doi:10.5281/zenodo.14781119',
});

const careStatistics = (care: readonly z.output<typeof Care>[]): FederationSpec['holders'][number] => ({
  slug: 'pflegestatistik',
  id: 'did:web:pflegestatistik.example',
  name: 'Pflegestatistik',
  minCellSize: 10,
  datasets: [
    {
      name: 'pflegebeduerftige',
      model: dataModels.careNeed,
      mode: 'O',
      title: { de: `Pflegebedürftige ${YEAR}`, en: `Persons needing care ${YEAR}` },
      description: { de: 'Pflegebedürftige nach Kreis und Geschlecht', en: 'Persons needing care by district and sex' },
      grain: grainOf(dataModels.careNeed, { areaList: AREAS, codes: { sex: SEXES }, levels: { area: 'kreis' } }),
      coverage: { areas: [LAND], years: { from: Number(YEAR), to: Number(YEAR) } },
      source: 'Statistische Ämter des Bundes und der Länder, Regionalstatistik 22411-02-03-4, dl-de/by-2-0',
      synthetic: false,
      asOf: '2019-12-15T00:00:00Z',
      columns: () => [
        {
          area: care.map(({ ags5 }) => ags5),
          year: care.map(({ year }) => year),
          sex: care.map(({ sex }) => sex),
          persons: care.map(({ persons_needing_care }) => persons_needing_care),
        } satisfies Columns,
      ],
    },
  ],
});

const populationStatistics = (people: readonly z.output<typeof People>[]): FederationSpec['holders'][number] => ({
  slug: 'bevoelkerungsstatistik',
  id: 'did:web:bevoelkerungsstatistik.example',
  name: 'Bevölkerungsstatistik',
  minCellSize: 10,
  datasets: [
    {
      name: 'bevoelkerung',
      model: dataModels.population,
      mode: 'O',
      title: { de: `Bevölkerung ${YEAR}`, en: `Population ${YEAR}` },
      description: {
        de: 'Bevölkerung am 31. Dezember nach Kreis, Alter und Geschlecht',
        en: 'Population on 31 December by district, age and sex',
      },
      grain: grainOf(dataModels.population, {
        areaList: AREAS,
        codes: { sex: SEXES },
        levels: { area: 'kreis', age: 'band14' },
      }),
      coverage: {
        areas: [...new Set(people.map(({ ags5 }) => ags5))].sort(),
        years: { from: Number(YEAR), to: Number(YEAR) },
      },
      source: 'Statistisches Bundesamt, GENESIS 12411-0018, dl-de/by-2-0',
      synthetic: false,
      asOf: '2019-12-31T00:00:00Z',
      population: { basis: 'projection from Census 2011', kind: 'stock', refDate: '2019-12-31' },
      columns: () => [populationColumns(people)],
    },
  ],
});

/** The 17 published age groups, added up to the 14 that the code list knows. */
function populationColumns(people: readonly z.output<typeof People>[]): Columns {
  const sums = new Map<string, { area: string; sex: string; age: string; persons: number }>();
  for (const { ags5, sex, age_from, population } of people) {
    const age = band14(age_from);
    const key = `${ags5}|${sex}|${age}`;
    sums.set(key, { area: ags5, sex, age, persons: (sums.get(key)?.persons ?? 0) + population });
  }
  const cells = [...sums.values()];
  return {
    area: cells.map(({ area }) => area),
    year: cells.map(() => YEAR),
    sex: cells.map(({ sex }) => sex),
    age: cells.map(({ age }) => age),
    persons: cells.map(({ persons }) => persons),
  };
}

const ageParents = new Map(codeLists.age.codes.map(({ code, parent }) => [code, parent ?? '']));

/** Band of a published group, by its first year of age: every published group lies inside one of the 14. */
const band14 = (from: number): string => ageParents.get(ageParents.get(String(from)) ?? '') ?? '';
