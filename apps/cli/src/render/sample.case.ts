/** Answers to read: the shapes that a table has to carry, made for the tests of rendering. */
import { Answer, type AnswerCell, type Cell } from '@revier/schema';

const text = (de: string, en: string) => ({ de, en });
const hash = (digit: string) => `sha256:${digit.repeat(64)}`;

const quintiles = ['1', '2', '3', '4', '5'].map((code) => ({
  code,
  label: text(
    code === '1' ? '1 (am wenigsten benachteiligt)' : code === '5' ? '5 (am stärksten benachteiligt)' : code,
    code === '1' ? '1 (least deprived)' : code === '5' ? '5 (most deprived)' : code,
  ),
}));

const area = {
  name: 'area',
  grouping: 'deprivation-quintile-2021',
  title: text('Gebiet', 'Area'),
  codes: quintiles,
};
const sex = {
  name: 'sex',
  grouping: 'sex',
  title: text('Geschlecht', 'Sex'),
  codes: [
    { code: 'f', label: text('weiblich', 'female') },
    { code: 'm', label: text('männlich', 'male') },
  ],
};

const rate = {
  name: 'rate',
  kind: 'direct-rate',
  per: 100_000,
  interval: 'fay-feuer',
  standard: 'ESP2013-14',
  route: 'denominator-travels',
  note: text(
    'Direkt altersstandardisierte Rate mit 95-%-Intervall (Fay-Feuer)',
    'Directly age-standardised rate with 95 % interval (Fay-Feuer)',
  ),
} as const;
const cases = {
  name: 'cases',
  kind: 'count',
  route: 'released-figures',
  note: text('Summe über die Datenhalter', 'Sum over the holders'),
} as const;
const share = {
  name: 'lateShare',
  kind: 'proportion',
  interval: 'wilson',
  route: 'released-figures',
  note: text('Anteil mit 95-%-Intervall (Wilson)', 'Share with 95 % interval (Wilson)'),
} as const;

const registry = {
  holder: 'did:web:registry.example',
  name: 'Krebsregister (erfunden)',
  dataset: 'urn:revier:dataset:cancer-ruhr',
  status: 'answered',
  mode: 'L',
  minCellSize: 10,
  asOf: '2024-12-31T00:00:00Z',
  reasons: [],
} as const;
const city = {
  holder: 'did:web:city.example',
  name: 'Stadt Oberhausen',
  dataset: 'urn:revier:dataset:population-oberhausen',
  status: 'answered',
  mode: 'O',
  asOf: '2024-06-30T00:00:00Z',
  reasons: [],
} as const;

const base = {
  queryId: '0193a5c8-7b1e-7c3a-9f52-0d6f6b7d1a11',
  submissionId: hash('1'),
  questionHash: hash('2'),
  realm: 'test',
  synthetic: true,
  state: 'complete',
  register: 'urn:revier:register:colorectal-ruhr',
  question: {
    register: 'urn:revier:register:colorectal-ruhr',
    purpose: 'ehds:PublicHealthSurveillance',
    aggregates: { cases: { model: 'cancer-case/1', count: 'cases' } },
    by: [{ variable: 'area', lookup: 'deprivation-quintile-2021' }, { variable: 'sex' }],
  },
  catalogue: hash('3'),
  dimensions: [area, sex],
  measures: [rate],
  holders: [registry, city],
  coverage: { areas: ['05119', '05913'], years: [2016, 2017, 2018, 2020], excluded: [] },
  sentences: [
    text(
      'Die Zahlen beschreiben Gebiete, nicht einzelne Menschen.',
      'The figures describe areas, not individual persons.',
    ),
  ],
  asked: '2026-01-10T09:00:00Z',
  answered: '2026-01-10T09:00:03Z',
} as const;

export const figure = (value: number, lower: number, upper: number, events?: '20-49' | '100-199'): Cell => ({
  status: 'value',
  value,
  lower,
  upper,
  ...(events === undefined ? {} : { events }),
});

const row = (quintile: string | null, of: string | null, measures: AnswerCell['measures']): AnswerCell => ({
  by: { area: quintile, sex: of },
  measures,
});

/** Two dimensions, one rate, margins: the question of the first tutorial. */
export const quintileRates: Answer = Answer.parse({
  ...base,
  cells: [
    row('1', 'f', { rate: figure(9.8, 7.9, 12.04, '20-49') }),
    row('1', 'm', { rate: figure(12.3, 10.1, 14.9, '100-199') }),
    row('1', null, { rate: figure(11.02, 9.6, 12.6, '100-199') }),
    row('5', 'f', { rate: { status: 'withheld' } }),
    row('5', 'm', { rate: { status: 'unreliable', value: 103.44, lower: 40.1, upper: 166.2, events: '10-19' } }),
    row('5', null, { rate: figure(18.1, 15, 21.7, '100-199') }),
    row(null, 'f', { rate: figure(10.5, 9.1, 12.1, '100-199') }),
    row(null, 'm', { rate: figure(14.2, 12.9, 15.6, '100-199') }),
    row(null, null, { rate: figure(12.4, 11.4, 13.4, '100-199') }),
  ],
});

/** Several measures, every status, holders that refused and stayed away. */
export const everyStatus: Answer = Answer.parse({
  ...base,
  synthetic: false,
  state: 'partial',
  dimensions: [sex],
  measures: [cases, share, rate],
  cells: [
    {
      by: { sex: 'f' },
      measures: {
        cases: { status: 'value', value: 12_345 },
        lateShare: figure(0.314, 0.27, 0.3612),
        rate: { status: 'notCollected' },
      },
    },
    {
      by: { sex: 'm' },
      measures: { cases: { status: 'zero', value: 0 }, lateShare: { status: 'refused' }, rate: { status: 'offline' } },
    },
    {
      by: { sex: null },
      measures: {
        cases: { status: 'withheld' },
        lateShare: { status: 'grainUnavailable' },
        rate: { status: 'pending' },
      },
    },
  ],
  holders: [
    registry,
    {
      ...city,
      status: 'refused',
      reasons: [
        { code: 'PURPOSE', pointer: '/permission/0/constraint/2', hint: 'Ask for a purpose that the agreement names.' },
      ],
    },
    {
      holder: 'did:web:other.example',
      name: 'Stadt Herne',
      dataset: 'urn:revier:dataset:population-herne',
      status: 'offline',
      reasons: [],
    },
  ],
  coverage: { areas: ['05119'], years: [2020], excluded: [{ area: '05916', reason: 'holderMissing' }] },
});

/** No dimensions: one cell. */
export const oneCell: Answer = Answer.parse({
  ...base,
  dimensions: [],
  measures: [cases, rate],
  cells: [{ by: {}, measures: { cases: { status: 'value', value: 4711 }, rate: figure(12.4, 11.4, 13.4, '100-199') } }],
});

/** Nothing came: too few holders. */
export const nothing: Answer = Answer.parse({
  ...base,
  state: 'failed',
  cells: [],
  holders: [{ ...registry, status: 'offline', mode: undefined, minCellSize: undefined, asOf: undefined }],
  coverage: { areas: [], years: [], excluded: [] },
  sentences: [],
});
