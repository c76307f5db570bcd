/** A10: overlapping windows of time, shifted by a little, whose difference is whoever joined in between. */
import { type Attack, sized } from '../attack.ts';
import { counts, PURPOSE } from '../federation/lattice.ts';
import { REGISTER } from '../federation/spec.ts';
import { said } from '../federation/tables.ts';

const by = [{ variable: 'area', level: 'city' }] as const;

const window = (from: number, to: number) => ({
  ...{ register: REGISTER, purpose: PURPOSE, by: [...by] },
  aggregates: { cases: { model: 'cancer-case/1', count: 'cases', where: [{ variable: 'diagnosisYear', from, to }] } },
});

/** Nested years, one year less at either end, and months that grow by one. */
const windows = [
  window(2016, 2019),
  window(2017, 2020),
  window(2016, 2016),
  window(2015, 2020),
  ...Array.from({ length: 11 }, (_, month) =>
    counts(
      {
        cases: [
          {
            variable: 'diagnosisMonth',
            in: Array.from({ length: month + 1 }, (_, i) => String(i + 1).padStart(2, '0')),
          },
        ],
      },
      [...by],
    ),
  ),
];

export const overlappingWindows: Attack = {
  id: 'A10',
  title: 'overlapping windows of time',
  needs: 'federation',
  quick: false,
  async run({ federation, random, scale }) {
    const tried = random
      .shuffled(windows)
      .slice(0, sized(scale, { quick: 3, normal: windows.length, full: windows.length }));
    const outcomes = [];
    for (const question of tried) outcomes.push(await said(federation.mallory, question));
    const answered = outcomes.filter(({ answer }) => answer !== null).length;
    return {
      figure: `${answered} of ${tried.length} answered`,
      criterion: 'unregistered windows refused',
      passed: answered === 0,
      detail: `${[...new Set(outcomes.flatMap(({ codes }) => codes))].join(', ')}; new epochs of one register are not imported here`,
    };
  },
};
