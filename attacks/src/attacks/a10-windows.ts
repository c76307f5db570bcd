/** A10: overlapping windows of time, and data epochs that follow each other: their difference is whoever joined in between. */
import { type Attack, GUESSED, percent, sized } from '../attack.ts';
import { counts, PURPOSE } from '../federation/lattice.ts';
import { REGISTER } from '../federation/spec.ts';
import { said } from '../federation/tables.ts';
import { joinedThisWeek } from '../history/newcomers.ts';

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
    const districts = sized(scale, { quick: 200, normal: 400, full: 1000 });
    const [joined, unguarded] = [true, false].map((guarded) => joinedThisWeek({ random, districts, guarded }));
    if (joined === undefined || unguarded === undefined) throw new Error('Both were tried.');
    return {
      figure: `${answered} of ${tried.length} answered; who has joined: Acc ${percent(joined)}`,
      criterion: `unregistered windows refused; Acc ≤ ${percent(GUESSED)}, and above it without the history`,
      // An attack that does not win where nothing is in its way shows nothing.
      passed: answered === 0 && joined <= GUESSED && unguarded > GUESSED,
      detail: `${[...new Set(outcomes.flatMap(({ codes }) => codes))].join(', ')}; 52 weekly epochs in process over the rules of nodes, ${percent(unguarded)} without the history; imports at a running node: history.int.test.ts`,
    };
  },
};
