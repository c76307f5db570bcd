/** Who has joined since the last import: one secret for each district, guessed from what a register says before and after. */
import type { Dice } from '../dice.ts';
import { type Register, register } from './register.ts';
import { weekly, withoutHistory } from './weekly.ts';

export interface Trial {
  readonly random: Dice;
  readonly districts: number;
  readonly guarded: boolean;
}

/** Balanced. */
const hasJoined = (district: number): boolean => district % 2 === 0;

/** Never below one half: who is always wrong knows as much as who is always right. */
function accuracyOf(districts: number, guess: (district: number) => boolean): number {
  let right = 0;
  for (let district = 0; district < districts; district++) if (guess(district) === hasJoined(district)) right++;
  return Math.max(right, districts - right) / districts;
}

function withTargets(own: Register, districts: number, known: number): void {
  for (let district = 0; district < districts; district++) own.join(district, known + (hasJoined(district) ? 1 : 0));
}

const WEEKS = 52;

/**
 * A year of weekly epochs: up to two others join each district in each of them, but in one the target alone would be new, and the attacker knows
 * that. A figure that changes then says who has joined.
 */
export function joinedThisWeek({ random, districts, guarded }: Trial): number {
  const own = register(districts, random, guarded);
  const when = 1 + random.below(WEEKS - 1);
  let guess: readonly boolean[] = [];
  let before = own.ask();
  for (let week = 1; week <= WEEKS; week++) {
    if (week === when) withTargets(own, districts, 0);
    else for (let district = 0; district < districts; district++) own.join(district, random.below(3));
    const after = own.ask();
    if (week === when) guess = after.map((figure, district) => figure !== before[district]);
    before = after;
  }
  return accuracyOf(districts, (district) => guess[district] ?? false);
}

/** `known` others whom the attacker knows join as well: as many as lift the change to the threshold, or beyond it. */
export function paddedChange({ random, districts, guarded }: Trial, known: number): number {
  const own = register(districts, random, guarded);
  const before = own.ask();
  withTargets(own, districts, known);
  const after = own.ask();
  return accuracyOf(districts, (district) => {
    const [old, now] = [before[district] ?? null, after[district] ?? null];
    if (old === null || now === null || old === now) return now !== null && old === null;
    return now - old > known + 0.5;
  });
}

/** As above, by two tables: the women of a district before, everybody after `known` men have come to it, and the target with them or not. */
export function paddedPair({ random, districts, guarded }: Trial, known: number): number {
  const own = weekly([districts, 2], random, guarded ? { history: true, steadyKeys: true } : withoutHistory);
  const groups = Array.from({ length: districts }, (_, district) => [district, district] as const);
  const ask = (sexes: readonly number[]) =>
    own.ask({ by: [{ variable: 0, groups }], where: [{ variable: 1, codes: sexes }] }).figures;
  for (let district = 0; district < districts; district++) own.join([district, 0], 20 + random.below(60));
  const women = ask([0]);
  for (let district = 0; district < districts; district++)
    own.join([district, 1], known + (hasJoined(district) ? 1 : 0));
  own.import();
  const everybody = ask([0, 1]);
  // The better of two limits is taken for what the two differ by.
  const limits = [known - 0.5, known + 0.5];
  const seemsMore = (district: number, limit: number): boolean => {
    const [narrow, wide] = [women[district] ?? null, everybody[district] ?? null];
    return narrow !== null && wide !== null && wide - narrow > limit;
  };
  return Math.max(...limits.map((limit) => accuracyOf(districts, (district) => seemsMore(district, limit))));
}

/** Who knows everybody but the target, in all epochs: the noise of all figures that are new after the target may have joined. */
export function averagedOverEpochs({ random, districts, guarded }: Trial): number {
  const own = register(districts, random, guarded);
  const base = own.sizes.slice();
  const [sums, seen] = [new Float64Array(districts), new Float64Array(districts)];
  withTargets(own, districts, 0);
  let before = own.ask();
  for (let week = 1; week <= WEEKS; week++) {
    for (let district = 0; district < districts; district++) {
      const others = random.below(3);
      own.join(district, others);
      base[district] = (base[district] ?? 0) + others;
    }
    const after = own.ask();
    after.forEach((figure, district) => {
      if (figure === null || figure === before[district]) return;
      sums[district] = (sums[district] ?? 0) + figure - (base[district] ?? 0);
      seen[district] = (seen[district] ?? 0) + 1;
    });
    before = after;
  }
  return accuracyOf(districts, (district) => (sums[district] ?? 0) > 0.5 * (seen[district] ?? 0));
}
