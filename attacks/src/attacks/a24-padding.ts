/** A24: an attacker who knows k - 1 members of a group, so that the target would lift it to the threshold. */
import { type Attack, GUESSED, percent, sized } from '../attack.ts';
import { ACCOMPLICES, K, LATE } from '../federation/people.ts';
import { guessed } from '../guessing.ts';
import { averagedOverEpochs, paddedChange, paddedPair } from '../history/newcomers.ts';

/** Up to the threshold, between it and where a change always counts, and there. */
const joiners = [ACCOMPLICES, 2 * K - 1, 3 * K - 2];
/** In the difference of two tables. */
const between = [ACCOMPLICES, K, K + 3];

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
    const { random, scale } = stage;
    const districts = sized(scale, { quick: 2000, normal: 8000, full: 20_000 });
    const over = joiners.map((known) => paddedChange({ random, districts, guarded: true }, known));
    const changes = Math.max(...over);
    const pairs = Math.max(...between.map((known) => paddedPair({ random, districts, guarded: true }, known)));
    const average = averagedOverEpochs({
      random,
      guarded: true,
      districts: sized(scale, { quick: 50, normal: 400, full: 1000 }),
    });
    const worst = Math.max(shown.accuracy, figures.accuracy, changes, pairs);
    return {
      figure: `Acc ${percent(shown.accuracy)} by what is shown, ${percent(figures.accuracy)} by figures, ${percent(changes)} by a padded change, ${percent(pairs)} by a padded pair of tables`,
      criterion: `Acc ≤ ${percent(GUESSED)}`,
      passed: worst <= GUESSED,
      detail: `${ACCOMPLICES} known members; the target would be the next; ${joiners.join(', ')} known joiners between two data epochs, ${between.join(', ')} known persons by whom two tables differ, in process; not promised: who knows everybody in 52 epochs, ${percent(average)}`,
    };
  },
};
