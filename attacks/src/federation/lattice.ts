/** The tables that the attacker's agreement allows, as a study of stages by district would ask for them; and how others are written. */
import type { QuestionInput } from '@revier/schema';
import { holders, type Slug, suppressing } from './people.ts';
import { REGISTER } from './spec.ts';

type Where = Exclude<Extract<QuestionInput['aggregates'][string], { count: string }>['where'], undefined>;
type By = NonNullable<QuestionInput['by']>;

export const PURPOSE = 'ehds:PublicHealthSurveillance';
const window: Where = [{ variable: 'diagnosisYear', from: 2016, to: 2020 }];
const districts: By[number] = { variable: 'area', level: 'district' };
const stage: By[number] = { variable: 'uicc', level: 'stage' };

/** Counts by name, each with its further conditions. */
export const counts = (aggregates: Readonly<Record<string, Where>>, by: By, margins = false): QuestionInput => ({
  register: REGISTER,
  purpose: PURPOSE,
  aggregates: Object.fromEntries(
    Object.entries(aggregates).map(([name, where]) => [
      name,
      { model: 'cancer-case/1', count: 'cases', where: [...where, ...window] },
    ]),
  ),
  by,
  margins,
});

const late: Where = [{ variable: 'uicc', in: ['III-IV'] }];

/**
 * What the check at approval lets through, half of the noise of a figure being left: one three-way table with all its margins (A3, A4, A8, A11), one
 * in which the attacker has accomplices (A24), further partitions of its totals (A9), a rate (A23).
 */
export const lattice = {
  crossed: counts({ cases: [] }, [districts, { variable: 'sex' }, stage], true),
  cities: counts({ cases: [] }, [{ variable: 'area', level: 'city' }, stage]),
  padded: counts({ cases: [] }, [districts, { variable: 'dco' }, stage]),
  byYear: counts({ cases: [] }, [districts, { variable: 'diagnosisYear' }]),
  byMonth: counts({ cases: [] }, [districts, { variable: 'diagnosisMonth' }]),
} satisfies Record<string, QuestionInput>;

/** What it does not let through beside them; asked for nevertheless, and answered only where nodes are made to forget what was agreed. */
export const beyond = {
  nested: counts({ everybody: [], women: [{ variable: 'sex', in: ['F'] }] }, [districts, stage]),
  totals: counts({ cases: [] }, [districts, { variable: 'dco' }, stage], true),
  bySite: counts({ cases: [] }, [districts, { variable: 'site', level: 'group' }]),
} satisfies Record<string, QuestionInput>;

export type LatticeTable = keyof typeof lattice;
export type TableBeyond = keyof typeof beyond;

/** Rates are formed at the node that holds the cases, so each is asked of one holder. */
export const rateAt = (slug: Slug): QuestionInput => ({
  register: REGISTER,
  purpose: PURPOSE,
  aggregates: {
    late: { model: 'cancer-case/1', count: 'cases', where: [...late, ...window] },
    people: { model: 'population/1', sum: 'persons', where: [{ variable: 'year', from: 2016, to: 2020 }] },
  },
  by: [districts],
  derived: {
    rate: {
      directRate: {
        ...{ events: 'late', population: 'people', over: { variable: 'age', level: 'band14' } },
        ...{ standard: 'ESP2013-14', per: 100_000 },
      },
    },
  },
  holders: { asked: [`did:web:${slug}.example`] },
});

/** Exact counts of several tables are not granted together: the holder that suppresses has one of them. */
const keyed = {
  asked: holders.filter((slug) => slug !== suppressing).map((slug) => `did:web:${slug}.example` as const),
};

export const agreedQuestions: readonly QuestionInput[] = [
  lattice.crossed,
  ...Object.values(lattice)
    .filter((question) => question !== lattice.crossed)
    .map((question) => ({ ...question, holders: keyed })),
  ...holders.map(rateAt),
];
