/** Rules of concentration: whether a sum is mostly that of one or a few persons, who could then be told from it. */

/** A rule per kind; a cell is sensitive when any of them says so. Names are those of disclosure.md 1.4 and 2.8. */
export interface ConcentrationRules {
  /** p % rule. */
  readonly pPercent?: number;
  /** pq rule: others know each contribution to within q percent beforehand. */
  readonly pq?: readonly [p: number, q: number];
  /** (n,k) rules: the n greatest hold at least k percent. */
  readonly nk?: readonly (readonly [n: number, k: number])[];
}

/** One value for each person (or node, where that is the unit), in any order. */
export type Contributions = readonly number[];

/**
 * Whether a cell is sensitive (A. Hundepool et al., Statistical Disclosure Control, 2012, chapter 4.2; formulas of disclosure.md 1.4).
 * Signed contributions count by their size. A cell without contributions is not.
 */
export function isConcentrated(contributions: Contributions, rules: ConcentrationRules): boolean {
  const greatest = contributions.map(Math.abs).sort((a, b) => b - a);
  return isHeldByFew({ greatest, whole: sumOf(greatest) }, rules);
}

/** What a database tells of a cell: as many of the greatest sizes as the rules name, descending, and the sum of all. */
export interface Holdings {
  readonly greatest: readonly number[];
  readonly whole: number;
}

/** How many of the greatest contributions the rules look at. */
export const contributorsIn = ({ nk = [] }: ConcentrationRules): number => Math.max(2, ...nk.map(([n]) => n));

export function isHeldByFew({ greatest, whole }: Holdings, { pPercent, pq, nk = [] }: ConcentrationRules): boolean {
  if (whole === 0) return false;
  const [first = 0, second = 0] = greatest;
  const others = whole - first - second;
  const holds = ([n, k]: readonly [number, number]) => sumOf(greatest.slice(0, n)) >= (k / 100) * whole;
  return (
    (pPercent !== undefined && others < (pPercent / 100) * first) ||
    (pq !== undefined && (pq[1] / 100) * others < (pq[0] / 100) * first) ||
    nk.some(holds)
  );
}

/** How far an interval must reach above the sum to protect the greatest contribution by the p % rule; 0 where it is protected already. */
export function protectionNeeded(contributions: Contributions, pPercent: number): number {
  const sizes = contributions.map(Math.abs).sort((a, b) => b - a);
  const [first = 0, second = 0] = sizes;
  return Math.max(0, (pPercent / 100) * first - (sumOf(sizes) - first - second));
}

/** What nodes can add up without naming anybody: total and total of squares of contributions that are all at least 0. */
export interface Moments {
  readonly sum: number;
  readonly squares: number;
}

/**
 * Whether the moments alone prove that no rule is broken, whoever the greatest contributors are (disclosure.md 1.4, own result).
 * Proof: x1^2 + x2^2 <= S2, so by Cauchy and Schwarz (1 + p) x1 + x2 <= sqrt(S2 ((1 + p)^2 + 1)), which X >= bounds to the p % rule;
 * the n greatest sum to at most sqrt(n S2). pq is the p % rule with p/q. Never true of a sensitive cell; not always of a safe one.
 */
export function isCertifiedSafe({ sum, squares }: Moments, { pPercent, pq, nk = [] }: ConcentrationRules): boolean {
  if (!(sum > 0) || !(squares >= 0)) return false;
  const clears = (share: number) => sum >= Math.sqrt(squares * ((1 + share) ** 2 + 1));
  return (
    (pPercent === undefined || clears(pPercent / 100)) &&
    (pq === undefined || clears(pq[0] / pq[1])) &&
    nk.every(([n, k]) => Math.sqrt(n * squares) < (k / 100) * sum)
  );
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
