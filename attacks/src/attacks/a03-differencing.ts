/** A3: two questions that differ by one person, inside and outside of what was agreed. */
import { type Attack, GUESSED, percent, sized } from '../attack.ts';
import { counts } from '../federation/lattice.ts';
import { EARLY, LATE, type Target } from '../federation/people.ts';
import { figuresOf, said } from '../federation/tables.ts';
import { apart, guessed } from '../guessing.ts';

const stage = { variable: 'uicc', level: 'stage' } as const;

/** Everybody of one district but men: the target is the only one. */
const without = ({ person: { area } }: Target) =>
  counts(
    {
      cases: [
        { variable: 'area', in: [area] },
        { variable: 'sex', in: ['F'] },
      ],
    },
    [stage],
  );

export const differencing: Attack = {
  id: 'A3',
  title: 'differencing by one person',
  needs: 'federation',
  quick: true,
  async run(stage) {
    const { federation, tables, random, scale } = stage;
    const crossed = await tables.table('crossed');
    const nested = await tables.beyond('nested');
    const differences = (area: string, uicc: string): number =>
      nested === null
        ? apart(crossed.value({ area, sex: null, uicc }), crossed.value({ area, sex: 'F', uicc }))
        : apart(nested.value({ area, uicc }, 'everybody'), nested.value({ area, uicc }, 'women'));
    const inside = await guessed(stage, ({ person: { area } }) => differences(area, LATE) - differences(area, EARLY));
    const [answers, right, refusals] = [{ count: 0 }, { count: 0 }, new Map<boolean, string[]>()];
    for (const target of random
      .shuffled(federation.people.targets)
      .slice(0, sized(scale, { quick: 4, normal: 30, full: 200 }))) {
      const { answer, codes } = await said(federation.mallory, without(target));
      const { area, late } = target.person;
      refusals.set(late, [...(refusals.get(late) ?? []), codes.join(' ')]);
      if (answer === null) continue;
      const women = figuresOf(answer);
      const score = (uicc: string) => (crossed.value({ area, sex: null, uicc }) ?? 0) - (women.value({ uicc }) ?? 0);
      answers.count++;
      if (score(LATE) > score(EARLY) === late) right.count++;
    }
    const faces = new Set([...refusals.values()].flat());
    return {
      figure: `Acc ${percent(inside.accuracy)} within; ${answers.count} answered outside, ${right.count} of them guessed`,
      criterion: `Acc ≤ ${percent(GUESSED)}; outside refused alike`,
      passed: inside.accuracy <= GUESSED && answers.count === 0 && faces.size === 1,
      detail: `within: ${nested === null ? 'totals and parts of the agreed table, two nested counts being refused' : 'two nested counts of one table'} (${inside.targets} targets, a hint for ${inside.hinted}); outside: ${[...faces].join(', ')}`,
    };
  },
};
