/** The synthetic Ruhr as a federation: a cancer registry, three health offices, four rehabilitation clinics. */

import { type DataModel, type DatasetDescription, dataModels } from '@revier/schema';
import { type Columns, type SyntheticRuhr, syntheticRuhr } from '@revier/synthetic-ruhr';
import type { DatasetSpec, FederationSpec, HolderSpec } from './federation-spec.ts';
import { grainOf } from './grain.ts';
import { readQuestion } from './questions.ts';

const YEARS = { from: 2016, to: 2020 };
const AS_OF = '2021-06-30T00:00:00Z';
const SOURCE =
  'SYNTHETIC: invented records of @revier/synthetic-ruhr; only the city totals of the population are real (Destatis 12411-0018, dl-de/by-2-0)';

const cities = [
  { slug: 'bochum', ags: '05911', name: 'Gesundheitsamt Bochum' },
  { slug: 'essen', ags: '05113', name: 'Gesundheitsamt Essen' },
  { slug: 'gelsenkirchen', ags: '05513', name: 'Gesundheitsamt Gelsenkirchen' },
] as const;

const clinics = [
  { slug: 'klinik-nord', name: 'Rehaklinik Nord', clinic: 0 },
  { slug: 'klinik-ost', name: 'Rehaklinik Ost', clinic: 1 },
  { slug: 'klinik-sued', name: 'Rehaklinik Süd', clinic: 2 },
  { slug: 'klinik-west', name: 'Rehaklinik West', clinic: 3 },
] as const;

export function ruhrFederation(persons?: number): FederationSpec {
  const ruhr = syntheticRuhr(persons === undefined ? {} : { persons });
  return {
    name: 'ruhr',
    documents: [ruhr.areas, ruhr.deprivation],
    source: { id: 'did:web:regionalverband.example', name: 'Regionalverband (erfunden)' },
    operator: { id: 'did:web:operator.ruhr.example', name: 'Betriebsstelle' },
    broker: { id: 'did:web:broker.ruhr.example', name: 'Vermittlungsstelle Ruhr' },
    // Asked by the health authorities to watch over the population's health: so it may name purposes of letter (a).
    dataUser: { id: 'did:web:universitaet.example', name: 'Universität (erfunden)', sector: 'mandatee' },
    holders: [
      registry(ruhr),
      ...cities.map((city) => healthOffice(ruhr, city)),
      ...clinics.map((clinic) => rehabClinic(ruhr, clinic)),
    ],
    registers: [
      {
        id: 'urn:revier:register:colorectal-ruhr',
        title: { de: 'Darmkrebs im Ruhrgebiet', en: 'Colorectal cancer in the Ruhr' },
        aim: 'Is colorectal cancer found later, and more often, where deprivation is high?',
        legalBasis: 'lkrg-nrw:P23',
        recipientBasis: 'Mandate of the health authorities to watch over the health of the population',
        questions: [readQuestion('late-stage-colorectal.json'), readQuestion('colorectal-incidence.json')],
      },
      {
        id: 'urn:revier:register:rehab-ruhr',
        title: { de: 'Rückkehr in Arbeit nach Rehabilitation', en: 'Return to work after rehabilitation' },
        aim: 'How many return to work after rehabilitation, and where?',
        legalBasis: 'gdng:P6-1',
        recipientBasis: 'Joint quality assurance of the clinics',
        questions: [readQuestion('return-to-work.json')],
      },
      {
        id: 'urn:revier:register:child-health-ruhr',
        title: { de: 'Kinder- und Jugendgesundheit', en: 'Child and youth health' },
        aim: 'Which children enter school without protection against measles?',
        legalBasis: 'oegdg-nrw:Reporting',
        recipientBasis: 'Health reporting of the cities',
        questions: [readQuestion('measles-vaccination.json')],
      },
    ],
    demonstration: [
      {
        file: 'late-stage-colorectal.json',
        title: { de: 'Spät erkannter Darmkrebs nach Deprivation', en: 'Late-stage colorectal cancer by deprivation' },
      },
      {
        file: 'return-to-work.json',
        title: { de: 'Rückkehr in Arbeit nach Rehabilitation', en: 'Return to work after rehabilitation' },
      },
    ],
  };
}

/** Sites that people of one sex do not have: vulva to placenta, penis to other male genital organs (ICD-10 C51–C58, C60–C63). */
const sitesOfOneSex: NonNullable<DatasetDescription['impossible']> = [
  { site: ['C51', 'C52', 'C53', 'C54', 'C55', 'C56', 'C57', 'C58'], sex: ['M'] },
  { site: ['C60', 'C61', 'C62', 'C63'], sex: ['F'] },
];

interface Made {
  readonly name: string;
  readonly model: DataModel;
  readonly mode: 'O' | 'L';
  readonly de: string;
  readonly en: string;
  readonly areas: readonly string[];
  readonly levels?: Readonly<Record<string, string>>;
  readonly codes?: Readonly<Record<string, readonly string[]>>;
  readonly population?: NonNullable<DatasetDescription['population']>;
  readonly impossible?: NonNullable<DatasetDescription['impossible']>;
  readonly columns: () => Columns;
}

function made({ name, model, mode, de, en, areas, levels, codes, population, impossible, columns }: Made): DatasetSpec {
  return {
    name,
    model,
    mode,
    title: { de, en },
    description: { de: `${de} (synthetisch, erfunden)`, en: `${en} (synthetic, invented)` },
    grain: grainOf(model, {
      areaList: 'area-ruhr-synthetic/1',
      codes: { sex: ['F', 'M'], ...codes },
      ...(levels === undefined ? {} : { levels }),
    }),
    coverage: { areas: [...areas], years: YEARS },
    source: SOURCE,
    synthetic: true,
    asOf: AS_OF,
    ...(population === undefined ? {} : { population }),
    ...(impossible === undefined ? {} : { impossible }),
    columns: () => [columns()],
  };
}

const registry = (ruhr: SyntheticRuhr): HolderSpec => ({
  slug: 'krebsregister',
  id: 'did:web:krebsregister.example',
  name: 'Krebsregister (erfunden)',
  minCellSize: 10,
  datasets: [
    made({
      name: 'krebsfaelle',
      model: dataModels.cancerCase,
      mode: 'L',
      de: 'Krebsfälle 2016–2020',
      en: 'Cancer cases 2016–2020',
      areas: cities.map(({ ags }) => ags),
      impossible: sitesOfOneSex,
      columns: () => ruhr.cancerCases(),
    }),
  ],
});

const healthOffice = (ruhr: SyntheticRuhr, { slug, ags, name }: (typeof cities)[number]): HolderSpec => ({
  slug,
  id: `did:web:${slug}.example`,
  name,
  minCellSize: 10,
  datasets: [
    made({
      name: `bevoelkerung-${slug}`,
      model: dataModels.population,
      mode: 'O',
      de: `Bevölkerung ${name.slice('Gesundheitsamt '.length)} 2016–2020`,
      en: `Population of ${name.slice('Gesundheitsamt '.length)} 2016–2020`,
      areas: [ags],
      levels: { age: 'band14' },
      population: {
        basis: 'projection from Census 2011',
        kind: 'annual-mean',
        refDate: 'mean of 31 December of two years',
      },
      columns: () => ruhr.population(ags),
    }),
    made({
      name: `schuleingang-${slug}`,
      model: dataModels.schoolEntry,
      mode: 'L',
      de: 'Schuleingangsuntersuchung 2016–2020',
      en: 'School entry examination 2016–2020',
      areas: [ags],
      columns: () => ruhr.schoolEntry(ags),
    }),
  ],
});

const rehabClinic = (ruhr: SyntheticRuhr, { slug, name, clinic }: (typeof clinics)[number]): HolderSpec => ({
  slug,
  id: `did:web:${slug}.example`,
  name: `${name} (erfunden)`,
  minCellSize: 10,
  // All totals of two indications by two sexes would leave too little of any noise (docs/decisions/0020): exact figures, or none.
  disclosure: { method: 'suppress' },
  datasets: [
    made({
      name: `rehabilitation-${slug}`,
      model: dataModels.rehabEpisode,
      mode: 'L',
      de: 'Rehabilitation mit Nachbefragung 2016–2020',
      en: 'Rehabilitation with follow-up 2016–2020',
      areas: [],
      codes: { indication: indicationsOf(ruhr, clinic) },
      columns: () => ruhr.rehabEpisodes(clinic),
    }),
  ],
});

/** What a clinic treats is public; only how many is not. */
const indicationsOf = (ruhr: SyntheticRuhr, clinic: (typeof clinics)[number]['clinic']): string[] =>
  Object.entries(ruhr.truth.rehab.clinics[clinic] ?? {}).flatMap(([indication, expected]) =>
    expected > 0 ? [indication] : [],
  );
