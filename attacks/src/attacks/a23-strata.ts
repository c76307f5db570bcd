/** A23: age groups told from a standardised rate, its limits, and denominators that single one group out. */

import { builtInStandards } from '@revier/schema';
import { type Attack, GUESSED, percent } from '../attack.ts';
import { holderOf, holders } from '../federation/people.ts';
import { isLopsided, PERSONS_IN_CELL } from '../federation/spec.ts';
import type { Figures } from '../federation/tables.ts';
import { guessed } from '../guessing.ts';

export const strataFromRates: Attack = {
  id: 'A23',
  title: 'strata told from standardised rates',
  needs: 'federation',
  quick: true,
  async run(stage) {
    const { tables, federation } = stage;
    const crossed = await tables.table('crossed');
    const rates = new Map<string, Figures>();
    for (const slug of holders) rates.set(slug, await tables.rate(slug));
    const rateOf = (area: string) => rates.get(holderOf(area))?.cell({ area }, 'rate');
    const areas = [...federation.people.kinds.keys()];
    const outweighed = areas.filter((area) => isLopsided(area) && Object(rateOf(area)).value !== undefined).length;
    const weights = weightsOfEvents();
    const { accuracy, hinted } = await guessed(stage, ({ person: { area } }) => {
      const rate = rateOf(area);
      const [third, fourth] = ['III', 'IV'].map((uicc) => crossed.value({ area, sex: null, uicc }) ?? null);
      if (rate === undefined || !('value' in rate) || third == null || fourth == null) return 0;
      const late = third + fourth;
      // The youngest weigh otherwise than the rest: what the rate has beyond so many events of mean weight is theirs.
      const odd = (rate.value - late * weights.others) / (weights.youngest - weights.others);
      return odd - 0.5;
    });
    return {
      figure: `Acc ${percent(accuracy)}; ${outweighed} rates over a lopsided denominator shown`,
      criterion: `Acc ≤ ${percent(GUESSED)}, none shown`,
      passed: accuracy <= GUESSED && outweighed === 0,
      detail: `rate and published counts together; a rate for ${hinted} targets, each the only case in its age group`,
    };
  },
};

/** Cases of a district but the target's are as likely at every age from 12 to 96. */
const YEARS_OF_AGE: readonly number[] = [0, 3, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 10, 22];
const PERSON_YEARS = PERSONS_IN_CELL * 2 * 5;

/** By how much one case of a group moves the rate, per 100,000. */
function weightsOfEvents(): { readonly youngest: number; readonly others: number } {
  const shares = builtInStandards.find(({ name }) => name === 'ESP2013-14')?.weights.map(([, weight]) => weight) ?? [];
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const weight = (share: number) => (100_000 * share) / whole / PERSON_YEARS;
  const ages = YEARS_OF_AGE.reduce((sum, years) => sum + years, 0);
  return {
    youngest: weight(shares[0] ?? 0),
    others: shares.reduce((sum, share, i) => sum + (weight(share) * (YEARS_OF_AGE[i] ?? 0)) / ages, 0),
  };
}
