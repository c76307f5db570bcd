/** A24: an attacker who knows k - 1 members of a group, so that the target would lift it to the threshold. */
import { type Attack, GUESSED, percent } from '../attack.ts';
import { ACCOMPLICES } from '../federation/people.ts';
import { guessed } from '../guessing.ts';

export const padding: Attack = {
  id: 'A24',
  title: 'a group padded to the threshold',
  needs: 'federation',
  quick: false,
  async run(stage) {
    const padded = await stage.tables.table('padded');
    const shown = await guessed(stage, ({ person: { area } }) =>
      padded.value({ area, dco: 'yes', uicc: 'III-IV' }) === null ? -1 : 1,
    );
    const figures = await guessed(stage, ({ person: { area } }) => {
      const own = padded.value({ area, dco: 'yes', uicc: 'III-IV' });
      const [whole, rest] = [null, 'no'].map((dco) => padded.value({ area, dco, uicc: 'III-IV' }));
      const hints = [
        own,
        whole === null || rest === null || whole === undefined || rest === undefined ? null : whole - rest,
      ].flatMap((hint) => hint ?? []);
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
