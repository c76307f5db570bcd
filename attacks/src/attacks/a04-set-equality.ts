/** A4: equal sets have equal noise, so a figure that stays as it is says that the padding has changed nothing. */
import { type Attack, GUESSED, percent, sized } from '../attack.ts';
import { counts } from '../federation/lattice.ts';
import { EARLY, LATE } from '../federation/people.ts';
import { said } from '../federation/tables.ts';
import { apart, guessed } from '../guessing.ts';

const PAIRS = 10;

export const setEquality: Attack = {
  id: 'A4',
  title: 'equal sets, equal noise',
  needs: 'federation',
  quick: true,
  async run(stage) {
    const { federation, tables, random, scale } = stage;
    const crossed = await tables.table('crossed');
    const differs = (area: string, uicc: string): number =>
      apart(crossed.value({ area, sex: null, uicc }), crossed.value({ area, sex: 'F', uicc }));
    const inside = await guessed(stage, ({ person: { area } }) => differs(area, LATE) - differs(area, EARLY));
    // Padded pairs need filters of the attacker's own.
    let padded = 0;
    const victims = random
      .shuffled(federation.people.targets)
      .slice(0, sized(scale, { quick: 1, normal: 3, full: 20 }));
    for (const { person } of victims)
      for (let pair = 0; pair < sized(scale, { quick: 2, normal: PAIRS, full: PAIRS }); pair++) {
        const pad = [
          {
            variable: 'area',
            in: random
              .shuffled(federation.people.targets)
              .slice(0, 3)
              .map((other) => other.person.area)
              .concat(person.area),
          },
        ];
        const { answer } = await said(
          federation.mallory,
          counts({ cases: [...pad, { variable: 'sex', in: ['F'] }] }, []),
        );
        if (answer !== null) padded++;
      }
    return {
      figure: `Acc ${percent(inside.accuracy)}, ${padded} padded pairs answered`,
      criterion: `Acc ≤ ${percent(GUESSED)}`,
      passed: inside.accuracy <= GUESSED,
      detail: `all pairs of total and part in a three-way table; ${inside.targets} targets, a hint for ${inside.hinted}`,
    };
  },
};
