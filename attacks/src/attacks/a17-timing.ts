/** A17: does it show in time what a register has found, or whether it had found it before? For quiet machines. */
import { type Weakness, without } from '@revier/e2e/harness/weakness.ts';
import { type Attack, type Stage, sized } from '../attack.ts';
import { type RankTest, rankTest } from '../estimate/rank-test.ts';
import { lattice } from '../federation/lattice.ts';
import type { Slug } from '../federation/people.ts';
import { asked } from '../federation/tables.ts';

const MOST_OFF = 0.05;
const LEAST_P = 0.01;

/** No answer is known from before: everything else is as it was. */
const forgetful: Weakness = {
  file: 'services/registry-node/src/rooms/guard.ts',
  defence: 'versions: versionsOf(own, vocabulary.catalogue, cellKeys),',
  instead: 'versions: crypto.randomUUID(),',
};

export const timing: Attack = {
  id: 'A17',
  title: 'time of an answer',
  needs: 'federation',
  quick: false,
  async run(stage) {
    const { federation, scale, env } = stage;
    const rounds = sized(scale, { quick: 10, normal: 60, full: 500 });
    const times = sized(scale, { quick: 1, normal: 1, full: 3 });
    const present: RankTest[] = [];
    for (let at = 0; at < times; at++) present.push(await compared(stage, ['alpha', 'beta'], rounds));
    // Its answers are found out anew every time; the other one gives what it has kept.
    await federation.restart(['gamma'], without(forgetful));
    const kept: RankTest[] = [];
    for (let at = 0; at < times; at++) kept.push(await compared(stage, ['gamma', 'delta'], rounds));
    await federation.restart(['gamma'], env);
    const told = [present, kept].map((tests) => tests.map(shown).join(', '));
    return {
      figure: `target present or absent: ${told[0]}; fresh or kept: ${told[1]}; 2 × ${rounds} each`,
      criterion: `|AUC − 0.5| ≤ ${MOST_OFF}, or p > ${LEAST_P}, in most`,
      passed: [present, kept].every((tests) => 2 * tests.filter(isLevel).length > tests.length),
      detail: 'registers of one public size with other persons in them; the machine should do nothing else',
    };
  },
};

const shown = ({ area, p }: RankTest): string => `AUC ${area.toFixed(3)} (p = ${p.toFixed(3)})`;
const isLevel = ({ area, p }: RankTest): boolean => Math.abs(area - 0.5) <= MOST_OFF || p > LEAST_P;

async function compared(
  { federation, random }: Stage,
  slugs: readonly [Slug, Slug],
  rounds: number,
): Promise<RankTest> {
  const times: [number[], number[]] = [[], []];
  for (let at = 0; at < rounds; at++)
    // In changing order, or what one question leaves behind for the next would be taken for a difference.
    for (const place of random.shuffled([0, 1] as const)) {
      const begun = performance.now();
      await asked(federation.mallory, {
        ...lattice.cities,
        holders: { asked: [`did:web:${slugs[place]}.example`] },
      });
      times[place].push(performance.now() - begun);
    }
  return rankTest(...times);
}
