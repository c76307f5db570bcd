/** A11: groups of whom all are ill, or none. */
import { type Attack, percent } from '../attack.ts';
import { EARLY, K, LATE } from '../federation/people.ts';

const MOST = 0.9;

export const extremes: Attack = {
  id: 'A11',
  title: 'zeros and hundred per cent',
  needs: 'federation',
  quick: true,
  async run({ federation, tables }) {
    const crossed = await tables.table('crossed');
    const { kinds, byHolder } = federation.people;
    const everybody = [...byHolder.values()].flat();
    const cells = [...kinds.keys()].flatMap((area) =>
      ['F', 'M'].flatMap((sex) =>
        [EARLY, LATE].map((uicc) => {
          const own = everybody.filter((one) => one.area === area && one.sex === sex);
          const truth = own.filter(({ stage }) => stage === uicc).length;
          return {
            area,
            sex,
            uicc,
            truth,
            shown: crossed.cell({ area, sex, uicc }),
            row: crossed.value({ area, sex, uicc: null }),
          };
        }),
      ),
    );
    // Noise of at most 5 cannot lift fewer than 5 over the threshold: 0, 1 and 4 must look alike in every byte.
    const faces = new Set(cells.filter(({ truth }) => truth < K - 5).map(({ shown }) => JSON.stringify(shown)));
    const small = cells.filter(({ truth }) => truth < K);
    const dominating = small.filter(({ shown, row }) => 'value' in shown && row !== null && shown.value > MOST * row);
    const zeros = cells.filter(({ shown }) => shown.status === 'zero').length;
    return {
      figure: `${faces.size} face of ${small.length} cells below ${K}; ${dominating.length} dominate; ${zeros} said to be zero`,
      criterion: `1 face, no share > ${percent(MOST)} with n < ${K}, no zero said`,
      passed: faces.size === 1 && dominating.length === 0 && zeros === 0,
      detail: `${cells.filter(({ truth }) => truth === 0).length} true zeros, 10 districts where all are in one stage, 10 without men`,
    };
  },
};
