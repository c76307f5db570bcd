/** A4: equal sets have equal noise, so a figure that stays as it is says that the padding has changed nothing, also over imports. */
import { proportion } from '@revier/core';
import { type Attack, GUESSED, percent, type Stage, sized } from '../attack.ts';
import { counts } from '../federation/lattice.ts';
import { EARLY, LATE } from '../federation/people.ts';
import { said } from '../federation/tables.ts';
import { apart, guessed } from '../guessing.ts';
import { type Paired, pairsOverImports } from '../history/pairs.ts';
import { guardsOf, withoutHistory } from '../history/weekly.ts';

const PAIRS = 10;

export const setEquality: Attack = {
  id: 'A4',
  title: 'equal sets, equal noise',
  needs: 'federation',
  quick: true,
  async run(stage) {
    const crossed = await stage.tables.table('crossed');
    const differs = (area: string, uicc: string): number =>
      apart(crossed.value({ area, sex: null, uicc }), crossed.value({ area, sex: 'F', uicc }));
    const inside = await guessed(stage, ({ person: { area } }) => differs(area, LATE) - differs(area, EARLY));
    const padded = await paddedPairs(stage);
    const { year, forgetful } = imported(stage);
    const over = accuracyOf(year);
    return {
      figure: `Acc ${percent(inside.accuracy)}, ${padded} padded pairs answered; over 52 imports Acc ${percent(over.proportion)}, ${year.told} of ${year.pairs} pairs told`,
      criterion: `Acc ≤ ${percent(GUESSED)}`,
      // An attack that does not win where nothing is in its way shows nothing.
      passed:
        inside.accuracy <= GUESSED &&
        over.proportion <= GUESSED &&
        year.begun === year.pairs &&
        accuracyOf(forgetful).proportion > GUESSED,
      detail: [
        `all pairs of total and part in a three-way table; ${inside.targets} targets, a hint for ${inside.hinted}`,
        `pairs over imports in process over the rules of nodes: ${year.targets} targets, 95 % from ${percent(over.lower)} to ${percent(over.upper)}, without the history ${percent(accuracyOf(forgetful).proportion)}`,
      ].join('; '),
    };
  },
};

const accuracyOf = ({ right, targets }: Paired) => proportion({ count: right, total: targets });

/** Padded pairs need filters of the attacker's own. */
async function paddedPairs({ federation, random, scale }: Stage): Promise<number> {
  const { targets } = federation.people;
  let answered = 0;
  for (const { person } of random.shuffled(targets).slice(0, sized(scale, { quick: 1, normal: 3, full: 20 })))
    for (let pair = 0; pair < sized(scale, { quick: 2, normal: PAIRS, full: PAIRS }); pair++) {
      const others = random.shuffled(targets).slice(0, 3);
      const pad = { variable: 'area', in: [...others.map((other) => other.person.area), person.area] };
      const { answer } = await said(federation.mallory, counts({ cases: [pad, { variable: 'sex', in: ['F'] }] }, []));
      if (answer !== null) answered++;
    }
  return answered;
}

/** One question of each pair before, the other after an import that brings or takes targets, wherever they had been granted. */
function imported({ random, scale, env }: Stage): Record<'year' | 'forgetful', Paired> {
  const imports = sized(scale, { quick: 12, normal: 13, full: 52 });
  const pads = sized(scale, { quick: 2, normal: PAIRS, full: PAIRS });
  return {
    year: pairsOverImports({ random, imports, pads, guards: guardsOf(env) }),
    forgetful: pairsOverImports({ random, imports: 4, pads, guards: withoutHistory }),
  };
}
