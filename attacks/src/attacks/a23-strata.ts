/** A23: age groups told from a standardised rate, its limits, a second standard, and denominators that single one group out. */
import { noiseLaw } from '@revier/core';
import { builtInStandards } from '@revier/schema';
import { type Attack, GUESSED, percent, sized } from '../attack.ts';
import { type Guesser, type Sighting, strataGuesser } from '../estimate/strata.ts';
import { rateAt } from '../federation/lattice.ts';
import { holderOf, holders, K, type People, suppressing } from '../federation/people.ts';
import { isLopsided, PERSONS_IN_CELL } from '../federation/spec.ts';
import { type Figures, said } from '../federation/tables.ts';
import { guessed } from '../guessing.ts';

const STANDARDS = ['ESP1976-14', 'Segi1960-14'] as const;

export const strataFromRates: Attack = {
  id: 'A23',
  title: 'strata told from standardised rates',
  needs: 'federation',
  quick: true,
  async run(stage) {
    const { tables, federation, scale } = stage;
    const crossed = await tables.table('crossed');
    const rates = new Map<string, Figures>();
    for (const slug of holders) rates.set(slug, await tables.rate(slug));
    const rateOf = (area: string): number | null => rates.get(holderOf(area))?.value({ area }, 'rate') ?? null;
    const lateIn = (area: string): number | null => {
      const parts = ['III', 'IV'].map((uicc) => crossed.value({ area, sex: null, uicc }));
      return parts.includes(null) ? null : parts.reduce((sum: number, part) => sum + (part ?? 0), 0);
    };
    const areas = [...federation.people.kinds.keys()];
    const outweighed = areas.filter((area) => isLopsided(area) && rateOf(area) !== null).length;
    const seen = areas.flatMap((area) => {
      const [rate, late] = [rateOf(area), lateIn(area)];
      return rate === null || late === null || holderOf(area) === suppressing ? [] : [{ area, rate, late }];
    });
    const { accuracy, hinted } = await guessed(stage, ({ person: { area } }) => {
      const [rate, late] = [rateOf(area), lateIn(area)];
      if (rate === null || late === null) return 0;
      // The youngest weigh otherwise than the rest: what the rate has beyond so many events of mean weight is theirs.
      return (rate / PER_UNIT - late * MEAN_WEIGHT) / (YOUNGEST - MEAN_WEIGHT) - 0.5;
    });
    const some = seen.slice(0, sized(scale, { quick: 20, normal: seen.length, full: seen.length }));
    const { byRate, byCounts, byExact, strata, apart } = recovered(some, federation.people);
    let others = 0;
    for (const standard of STANDARDS) if (await isAnswered(federation.mallory, standard)) others++;
    return {
      figure: `Acc ${percent(accuracy)}; ${byRate} of ${strata} strata right, ${byCounts} by counts alone; ${outweighed} rates over a lopsided denominator, ${others} of a second standard shown`,
      criterion: `Acc ≤ ${percent(GUESSED)}; no more right than by counts (+2 σ); none shown`,
      passed: accuracy <= GUESSED && byRate - byCounts <= 2 * Math.sqrt(apart) && outweighed + others === 0,
      detail: `a rate for ${hinted} targets, each the only case in its age group; strata of ${some.length} districts by all vectors of fourteen age groups that fit rate, law of its noise and counts; ${byExact} right by exact rates and counts`,
    };
  },
};

async function isAnswered(profile: Parameters<typeof said>[0], standard: string): Promise<boolean> {
  const question = rateAt('alpha');
  const { rate } = question.derived ?? {};
  if (rate === undefined || !('directRate' in rate)) throw new Error('The question has no rate.');
  const { answer } = await said(profile, {
    ...question,
    derived: { rate: { directRate: { ...rate.directRate, standard } } },
  });
  return answer !== null;
}

/** Cases of a district but the target's are as likely at every age from 12 to 96. */
const YEARS_OF_AGE: readonly number[] = [0, 3, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 10, 22];
const STARTS: readonly number[] = [0, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 75];
const AGES = YEARS_OF_AGE.reduce((sum, years) => sum + years, 0);
const PERSON_YEARS = PERSONS_IN_CELL * 2 * 5;

/** All groups of the standard are multiples of it. */
const UNIT = 500;
const standard = builtInStandards.find(({ name }) => name === 'ESP2013-14')?.weights.map(([, weight]) => weight) ?? [];
const weights = standard.map((weight) => weight / UNIT);
/** What one unit of weight adds to a rate per 100,000. */
const PER_UNIT = (100_000 * UNIT) / standard.reduce((sum, weight) => sum + weight, 0) / PERSON_YEARS;
const [YOUNGEST = 0] = weights;
const MEAN_WEIGHT = weights.reduce((sum, weight, i) => sum + (weight * (YEARS_OF_AGE[i] ?? 0)) / AGES, 0);
/** Noise is drawn in events of mean weight, by the squares; that mean is itself a little off from district to district. */
const NOISE_UNIT = weights.reduce((sum, w, i) => sum + (w * w * (YEARS_OF_AGE[i] ?? 0)) / AGES, 0) / MEAN_WEIGHT;
const OFF = 0.015;

interface Published {
  readonly area: string;
  readonly rate: number;
  readonly late: number;
}

function recovered(all: readonly Published[], people: People) {
  // Whether the youngest one is a case is a toss.
  const shares = YEARS_OF_AGE.map((years, i) => (i === 0 ? 0.5 / 34 : years / AGES));
  const guess: Guesser = strataGuesser({ shares, weights });
  const total = { byRate: 0, byCounts: 0, byExact: 0, strata: 0, apart: 0 };
  for (const { area, rate, late } of all) {
    const truth = strataOf(people, area);
    const count = (events: number): number => Math.exp(-((events - late) ** 2) / 12);
    const sum = (units: number): number => likelihood(rate / PER_UNIT, units);
    const exact = truth.reduce((all, own, j) => all + own * (weights[j] ?? 0), 0);
    const sightings: readonly Sighting[] = [
      { count, sum },
      { count, sum: null },
      {
        count: (events) => (events === truth.reduce((all, own) => all + own, 0) ? 1 : 0),
        sum: (units) => (units === exact ? 1 : 0),
      },
    ];
    const [rated, counted, bare] = sightings.map(guess);
    truth.forEach((own, j) => {
      if (own >= K) return;
      const [isByRate, isByCounts] = [rated?.[j] === own, counted?.[j] === own];
      total.strata++;
      if (bare?.[j] === own) total.byExact++;
      if (isByRate) total.byRate++;
      if (isByCounts) total.byCounts++;
      if (isByRate !== isByCounts) total.apart++;
    });
  }
  return total;
}

/** By the law of the noise, which is public; what leaves has four digits. */
function likelihood(published: number, units: number): number {
  return noiseLaw.reduce((all, { value, probability }) => {
    const sd = 0.05 + Math.abs(value) * NOISE_UNIT * OFF;
    const off = (published - units - value * NOISE_UNIT) / sd;
    return all + (probability * Math.exp((-off * off) / 2)) / sd;
  }, 0);
}

function strataOf({ byHolder }: People, area: string): readonly number[] {
  const strata = STARTS.map(() => 0);
  for (const person of byHolder.get(holderOf(area)) ?? []) {
    if (person.area !== area || !person.late) continue;
    const band = STARTS.findLastIndex((start) => start <= person.age);
    strata[band] = (strata[band] ?? 0) + 1;
  }
  return strata;
}
