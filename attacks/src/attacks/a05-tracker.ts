/** A5: trackers, T or Q and not-T or Q, by filters of the attacker's own; and what the agreed figures leave open by themselves. */
import { type Attack, sized } from '../attack.ts';
import type { Dice } from '../dice.ts';
import { intervals, type Line } from '../estimate/intervals.ts';
import { counts } from '../federation/lattice.ts';
import { EARLY, K, LATE, STAGES, suppressing } from '../federation/people.ts';
import { type Figures, said } from '../federation/tables.ts';

const D = 5;

export const tracker: Attack = {
  id: 'A5',
  title: 'trackers and their algebra',
  needs: 'federation',
  quick: true,
  async run({ federation, tables, random, scale }) {
    const { targets } = federation.people;
    const questions = sized(scale, { quick: 6, normal: 60, full: 500 });
    let answered = 0;
    for (let at = 0; at < questions; at++) {
      const victim = targets[at % targets.length]?.person.area ?? '';
      const { answer } = await said(federation.mallory, union(victim, at % 2 === 0, random));
      if (answer !== null) answered++;
    }
    const crossed = await tables.table('crossed');
    const widths = targets.map(({ holder, person: { area } }) =>
      narrowest(crossed, area, holder === suppressing ? 0 : D),
    );
    const least = Math.min(...widths);
    return {
      figure: `${answered} of ${questions} trackers answered; interval ≥ ${least === Number.POSITIVE_INFINITY ? '∞' : least}`,
      criterion: `none answered, width ≥ ${K}`,
      passed: answered === 0 && least >= K,
      detail: `bounds of ${targets.length} targets' cells from all totals of the agreed three-way table`,
    };
  },
};

/** The target's group, or its complement, together with some other districts. */
function union(area: string, isMen: boolean, random: Dice) {
  const padding = ['A-41', 'B-42', 'G-43'].filter(() => random.chance(0.7));
  return counts(
    {
      cases: [
        { variable: 'area', in: [area, ...padding] },
        { variable: 'sex', in: [isMen ? 'M' : 'F'] },
      ],
    },
    [{ variable: 'uicc', level: 'stage' }],
  );
}

const sexes = ['F', 'M', 'D', null] as const;
const stages = [...STAGES, null] as const;
const name = (sex: string | null, uicc: string | null): string => `${sex ?? '*'} ${uicc ?? '*'}`;

/** Every total of the table over its parts. */
export const lines: readonly Line[] = [
  ...sexes.map((sex) => ({ total: name(sex, null), parts: STAGES.map((uicc) => name(sex, uicc)) })),
  ...stages.map((uicc) => ({ total: name(null, uicc), parts: ['F', 'M', 'D'].map((sex) => name(sex, uicc)) })),
];

/** Of the two cells of the men, one of whom is the target. */
export function narrowest(crossed: Figures, area: string, error: number): number {
  const shown = new Map(
    sexes.flatMap((sex) =>
      stages.flatMap((uicc) => {
        const value = crossed.value({ area, sex, uicc });
        return value === null ? [] : [[name(sex, uicc), value] as const];
      }),
    ),
  );
  const ranges = intervals(shown, error, lines);
  return Math.min(
    ...[name('M', EARLY), name('M', LATE)].map((cell) => {
      const range = ranges.get(cell);
      return range === undefined ? Number.POSITIVE_INFINITY : range.high - range.low;
    }),
  );
}
