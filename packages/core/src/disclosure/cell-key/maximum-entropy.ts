/** The law of greatest entropy with mean 0 and bounded variance: how noise tells least about what it hides. */

export interface EntropyProblem {
  /** Values of the noise, ascending. */
  readonly support: readonly number[];
  readonly variance: number;
  /** Variance exactly as given (ptable `optim = 4`), else at most so. */
  readonly isVarianceExact: boolean;
  /** Least probability of 0, where 0 is in the support. */
  readonly stay: number;
  /** Probabilities below 0 do not fall towards 0 (ptable `mono`); nothing is asked where 0 is blocked. */
  readonly isMonotone: boolean;
}

/** A moment that is held at a value, and which of the multipliers fit an inequality. */
interface Moment {
  readonly of: (value: number) => number;
  readonly held: number;
  readonly isAllowed: (multiplier: number) => boolean;
}

const STEPS = 200;
/** Below this a gradient of the dual is rounding error. */
const ZERO = 1e-12;
const SLACK = 1e-9;

/**
 * Probabilities by value, or null where no such law has every value possible. The programme is that of CRAN ptable
 * (`R/pt_optim_entropy.R`; S. Giessing, PSD 2016): maximise -sum p ln p subject to sum p = 1, sum v p = 0, sum v^2 p <= V. Its dual gives
 * p proportional to exp(a v + b v^2); the inequalities (variance, stay) are first left out and then held as equalities, and the
 * solution is the one that meets all of them with multipliers of the right sign (Karush-Kuhn-Tucker; the programme is concave).
 */
export function maximumEntropy(problem: EntropyProblem): readonly number[] | null {
  const { support, variance, isVarianceExact, stay } = problem;
  const scale = Math.max(...support.map(Math.abs));
  const mean: Moment = { of: (v) => v / scale, held: 0, isAllowed: () => true };
  const spread: Moment = {
    of: (v) => (v / scale) ** 2,
    held: variance / scale ** 2,
    isAllowed: (b) => isVarianceExact || b <= SLACK,
  };
  const still: Moment = { of: (v) => (v === 0 ? 1 : 0), held: stay, isAllowed: (theta) => theta >= -SLACK };
  const canStay = stay > 0 && support.includes(0);
  const sets = isVarianceExact ? [[mean, spread]] : [[mean], [mean, spread]];
  const withStay = canStay ? sets.map((set) => [...set, still]) : [];
  for (const moments of [...sets, ...withStay]) {
    const law = lawOf(problem, moments);
    if (law !== null && meets(problem, law)) return law;
  }
  return null;
}

function meets({ support, variance, stay }: EntropyProblem, law: readonly number[]): boolean {
  const spread = law.reduce((sum, p, i) => sum + p * (support[i] ?? 0) ** 2, 0);
  const place = support.indexOf(0);
  return spread <= variance + SLACK && (place < 0 || (law[place] ?? 0) >= stay - SLACK);
}

/** Newton's method on the dual, with step halving; null where the moments have no solution or a multiplier has the wrong sign. */
function lawOf(problem: EntropyProblem, moments: readonly Moment[]): readonly number[] | null {
  const features = problem.support.map((v) => moments.map((moment) => moment.of(v) - moment.held));
  const lastOrdered = problem.isMonotone ? problem.support.indexOf(0) : -1;
  let at = moments.map(() => 0);
  let state = dualAt(features, lastOrdered, at);
  for (let step = 0; step < STEPS; step++) {
    const size = Math.hypot(...state.gradient);
    if (size < ZERO) return moments.every(({ isAllowed }, i) => isAllowed(at[i] ?? 0)) ? state.law : null;
    const direction = solve(state.hessian, state.gradient);
    const next = descend(features, lastOrdered, at, state.value, direction);
    if (next === null) return size < SLACK ? state.law : null;
    ({ at, state } = next);
  }
  return null;
}

interface DualState {
  readonly law: readonly number[];
  readonly value: number;
  readonly gradient: readonly number[];
  readonly hessian: readonly (readonly number[])[];
}

/**
 * Log of the sum of exp(q), q = features * multipliers pooled to be ascending up to 0: for given multipliers the monotone law
 * of greatest Lagrangian has the block means of q as its logarithms (pool adjacent violators; Barlow et al. 1972, theorem 1.10).
 */
function dualAt(features: readonly (readonly number[])[], lastOrdered: number, at: readonly number[]): DualState {
  const pooled = pool(features, lastOrdered, at);
  const logs = pooled.map((feature) => dot(feature, at));
  const top = Math.max(...logs);
  const masses = logs.map((log) => Math.exp(log - top));
  const whole = masses.reduce((sum, mass) => sum + mass, 0);
  const law = masses.map((mass) => mass / whole);
  const gradient = at.map((_, m) => law.reduce((sum, p, i) => sum + p * (pooled[i]?.[m] ?? 0), 0));
  const hessian = at.map((_, m) =>
    at.map((_, n) => {
      const product = law.reduce((sum, p, i) => sum + p * (pooled[i]?.[m] ?? 0) * (pooled[i]?.[n] ?? 0), 0);
      return product - (gradient[m] ?? 0) * (gradient[n] ?? 0) + (m === n ? 1e-14 : 0);
    }),
  );
  return { law, value: top + Math.log(whole), gradient, hessian };
}

/** Features with those of every pooled block replaced by their mean. */
function pool(features: readonly (readonly number[])[], lastOrdered: number, at: readonly number[]) {
  const blocks: { mean: readonly number[]; size: number }[] = [];
  features.forEach((feature, i) => {
    let block = { mean: feature, size: 1 };
    for (let before = blocks.at(-1); i <= lastOrdered && before !== undefined; before = blocks.at(-1)) {
      if (dot(before.mean, at) <= dot(block.mean, at)) break;
      blocks.pop();
      const [size, ours, theirs] = [before.size + block.size, block, before];
      block = { mean: ours.mean.map((x, m) => (x * ours.size + (theirs.mean[m] ?? 0) * theirs.size) / size), size };
    }
    blocks.push(block);
  });
  return blocks.flatMap(({ mean, size }) => Array.from({ length: size }, () => mean));
}

function descend(
  features: readonly (readonly number[])[],
  lastOrdered: number,
  from: readonly number[],
  value: number,
  direction: readonly number[],
): { at: number[]; state: DualState } | null {
  for (let length = 1; length > 1e-12; length /= 2) {
    const at = from.map((x, m) => x - length * (direction[m] ?? 0));
    const state = dualAt(features, lastOrdered, at);
    if (state.value < value || (length === 1 && state.value <= value + 1e-15)) return { at, state };
  }
  return null;
}

/** Gauss with row exchange, for at most three unknowns. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  rows.forEach((_, i) => {
    const best = rows.reduce((found, row, r) => {
      return r > i && Math.abs(row[i] ?? 0) > Math.abs(rows[found]?.[i] ?? 0) ? r : found;
    }, i);
    [rows[i], rows[best]] = [rows[best] ?? [], rows[i] ?? []];
    const pivot = rows[i] ?? [];
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = (row[i] ?? 0) / (pivot[i] ?? 1);
      for (let j = i; j < row.length; j++) row[j] = (row[j] ?? 0) - factor * (pivot[j] ?? 0);
    }
  });
  return rows.map((row, i) => (row.at(-1) ?? 0) / (row[i] ?? 1));
}

const dot = (left: readonly number[], right: readonly number[]): number =>
  left.reduce((sum, x, i) => sum + x * (right[i] ?? 0), 0);
