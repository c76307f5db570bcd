/** A8: parts subtracted from totals, by linear programming where figures are exact and by least squares where they carry noise. */
import { type Attack, GUESSED, percent } from '../attack.ts';
import { districtRows, indicator } from '../estimate/district-rows.ts';
import { estimate } from '../estimate/least-squares.ts';
import { EARLY, K, LATE, suppressing } from '../federation/people.ts';
import { guessed } from '../guessing.ts';
import { narrowest } from './a05-tracker.ts';

/** Of the noise that one figure carries. */
const LEAST_VARIANCE = 0.5;

export const marginSubtraction: Attack = {
  id: 'A8',
  title: 'margin subtraction in a three-way table',
  needs: 'federation',
  quick: true,
  async run(stage) {
    const crossed = await stage.tables.table('crossed');
    const { targets } = stage.federation.people;
    const widths = targets
      .filter(({ holder }) => holder === suppressing)
      .map(({ person: { area } }) => narrowest(crossed, area, 0));
    const men = (uicc: string) => indicator(({ sex, uicc: own }) => sex === 'M' && own === uicc);
    const variances = targets
      .filter(({ holder }) => holder !== suppressing)
      .flatMap(({ person: { area } }) =>
        [EARLY, LATE].flatMap((uicc) => estimate(districtRows({ crossed }, area), men(uicc))?.variance ?? []),
      );
    const { accuracy } = await guessed(stage, ({ person: { area } }) => {
      const [late, early] = [LATE, EARLY].map((uicc) => estimate(districtRows({ crossed }, area), men(uicc))?.value);
      return late === undefined ? (early === undefined ? 0 : 0.5 - early) : late - (early ?? 0.5);
    });
    const [width, variance] = [Math.min(...widths), Math.min(...variances)];
    const shown = (least: number): string =>
      least === Number.POSITIVE_INFINITY ? 'none follows' : String(Math.round(100 * least) / 100);
    return {
      figure: `width ≥ ${shown(width)}; variance ≥ ${shown(variance)} V; Acc ${percent(accuracy)}`,
      criterion: `width ≥ ${K}, variance ≥ V/2, Acc ≤ ${percent(GUESSED)}`,
      passed: width >= K && variance >= LEAST_VARIANCE && accuracy <= GUESSED,
      detail: `${widths.length} targets of a holder that suppresses, ${targets.length - widths.length} under cell keys, ${variances.length} of whose cells follow from figures shown`,
    };
  },
};
