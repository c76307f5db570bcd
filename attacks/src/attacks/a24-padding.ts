/** A24: an attacker who knows k - 1 members of a group, so that the target would lift it to the threshold. */
import { type Attack, GUESSED, percent } from '../attack.ts';
import { ACCOMPLICES, LATE } from '../federation/people.ts';
import { guessed } from '../guessing.ts';

export const padding: Attack = {
  id: 'A24',
  title: 'a group padded to the threshold',
  needs: 'federation',
  quick: false,
  async run(stage) {
    const padded = await stage.tables.table('padded');
    const crossed = await stage.tables.table('crossed');
    const shown = await guessed(stage, ({ person: { area } }) =>
      padded.value({ area, dco: 'yes', uicc: LATE }) === null ? -1 : 1,
    );
    const figures = await guessed(stage, ({ person: { area } }) => {
      const own = padded.value({ area, dco: 'yes', uicc: LATE });
      const whole = crossed.value({ area, sex: null, uicc: LATE });
      const rest = padded.value({ area, dco: 'no', uicc: LATE });
      const hints = [own, whole === null || rest === null ? null : whole - rest].flatMap((hint) => hint ?? []);
      return hints.length === 0 ? -1 : hints.reduce((sum, hint) => sum + hint - ACCOMPLICES - 0.5, 0) / hints.length;
    });
    const worst = Math.max(shown.accuracy, figures.accuracy);
    return {
      figure: `Acc ${percent(shown.accuracy)} by what is shown, ${percent(figures.accuracy)} by figures`,
      criterion: `Acc ≤ ${percent(GUESSED)}`,
      passed: worst <= GUESSED,
      detail: `${ACCOMPLICES} known members; the target would be the next`,
    };
  },
};
