/** An answer for the tests of its forms: one of everything that a cell can be. */
import type { Answer, AnswerCell, Cell, HolderAnswer } from '@revier/schema';

const text = (of: string) => ({ de: of, en: of });
const hash = (digit: string): string => `sha256:${digit.repeat(64)}`;

const cell = (area: string, sex: string | null, rate: Cell, late: Cell): AnswerCell => ({
  by: { area, sex },
  measures: { rate, late },
});

export const holder = (over: Partial<HolderAnswer> = {}): HolderAnswer => ({
  holder: 'did:web:registry.example',
  name: 'Registry "Ruhr", north',
  dataset: 'urn:revier:dataset:registry',
  status: 'answered',
  asOf: '2026-01-01T00:00:00Z',
  reasons: [],
  ...over,
});

/** Quintile × sex with a total over sex. */
export const answer: Answer = {
  queryId: '7f0e0a3e-9a1c-4d0e-8a53-0a9c5e1f2b3d',
  submissionId: hash('1'),
  questionHash: hash('2'),
  realm: 'test',
  synthetic: true,
  state: 'partial',
  register: 'urn:revier:register:colorectal-small',
  question: {
    register: 'urn:revier:register:colorectal-small',
    purpose: 'ehds:PublicHealthSurveillance',
    aggregates: { late: { model: 'cancer-case/1', count: 'cases', where: [] } },
    by: [{ variable: 'area', lookup: 'deprivation-2' }, { variable: 'sex' }],
    margins: true,
    derived: {},
    holders: {},
  },
  catalogue: hash('3'),
  dimensions: [
    {
      name: 'area',
      grouping: 'deprivation-2',
      title: text('Area'),
      codes: [
        { code: 'low', label: text('low, very') },
        { code: 'high', label: text('high') },
      ],
    },
    { name: 'sex', grouping: 'code', title: text('Sex'), codes: [{ code: 'F', label: text('female') }] },
  ],
  measures: [
    { name: 'rate', kind: 'crude-rate', per: 100_000, route: 'released-figures', note: text('Crude rate') },
    { name: 'late', kind: 'count', route: 'released-figures', note: text('Sum') },
  ],
  cells: [
    cell(
      'low',
      'F',
      { status: 'value', value: 12.5, lower: 10, upper: 15.25, events: '20-49' },
      { status: 'value', value: 25 },
    ),
    cell('low', null, { status: 'withheld' }, { status: 'withheld' }),
    cell('high', 'F', { status: 'unreliable', value: 3, lower: 0, upper: 9 }, { status: 'zero', value: 0 }),
    cell('high', null, { status: 'notCollected' }, { status: 'value', value: 7 }),
  ],
  holders: [holder()],
  coverage: { areas: ['A'], years: [2016, 2017], excluded: [] },
  sentences: [{ de: 'Erfunden.', en: 'Invented.' }],
  asked: '2026-01-02T00:00:00.000Z',
  answered: '2026-01-02T00:00:05.000Z',
};
