/** A register of school entry examinations: its application, its questions, and what a committee demands. */
import type { Agreement, QuestionInput } from '@revier/schema';

export const REGISTER = 'urn:revier:register:school-entry-e2e';
export const DAY_MS = 86_400_000;

export const purpose = 'ehds:PublicHealthSurveillance';

const by = (...dimensions: NonNullable<QuestionInput['by']>): QuestionInput => ({
  ...{ register: REGISTER, purpose, by: dimensions },
  aggregates: {
    children: {
      ...{ model: 'school-entry/1', count: 'children' },
      where: [{ variable: 'year', from: 2016, to: 2020 }],
    },
  },
});
const city = { variable: 'area', level: 'city' };
export const byDistrict = by({ variable: 'area', level: 'district' });
export const byYear = by(city, { variable: 'year', level: 'year' });
export const bySex = by(city, { variable: 'sex', level: 'code' });

export const draft = (...questions: QuestionInput[]) => ({
  register: REGISTER,
  title: { de: 'Einschulung', en: 'School entry' },
  purpose,
  aim: 'How many children are examined, and where.',
  legalBasis: 'oegdg-nrw:Reporting',
  recipientBasis: 'Health reporting of a public body',
  people: [{ person: 'r1', role: 'researcher', lead: true }],
  author: 'r1',
  publicationPlan: 'A report, published openly.',
  questions,
  from: new Date(Date.now() - DAY_MS).toISOString(),
  expires: new Date(Date.now() + 365 * DAY_MS).toISOString(),
});

export const withTerms = (
  agreement: Agreement,
  terms: Pick<Agreement['permission'][number], 'constraint' | 'duty'>,
): Agreement => ({
  ...agreement,
  permission: agreement.permission.map((rule) => ({
    ...rule,
    constraint: [...rule.constraint, ...terms.constraint],
    duty: [...(rule.duty ?? []), ...(terms.duty ?? [])],
  })),
});

/** The committee's: three questions and no more, and never without its own approval. */
export const condition: Agreement['permission'][number]['constraint'] = [
  { leftOperand: 'odrl:count', operator: 'lteq', rightOperand: '3' },
  { leftOperand: 'rv:approval', operator: 'isAllOf', rightOperand: ['committee', 'signatory', 'steward'] },
];
