/** Privacy loss accounted as zero-concentrated differential privacy, in whole micro-rho, and told as epsilon and delta. */

/** rho of discrete Gaussian noise: sensitivity^2 / (2 sigma^2) (M. Bun & T. Steinke, 2016; Canonne, Kamath & Steinke 2020, theorem 4). */
export const rhoOfGaussian = (sensitivity: number, sigma: number): number => sensitivity ** 2 / (2 * sigma ** 2);

/** rho of pure epsilon-DP, such as discrete Laplace noise: epsilon^2 / 2 (Bun & Steinke 2016, proposition 1.4). */
export const rhoOfPure = (epsilon: number): number => epsilon ** 2 / 2;

/** Budgets are whole numbers: micro-rho, rounded up, so that charges never add up to less than what was spent. */
export const microRho = (rho: number): number => Math.ceil(rho * 1e6 - 1e-9);

/** The simple conversion: rho + 2 sqrt(rho ln(1/delta)) (Bun & Steinke 2016, proposition 1.3). */
export const epsilonSimple = (rho: number, delta: number): number => rho + 2 * Math.sqrt(rho * Math.log(1 / delta));

/**
 * The least epsilon with inf over alpha > 1 of exp((alpha-1)(alpha rho - epsilon))/(alpha-1) (1-1/alpha)^alpha <= delta
 * (Canonne, Kamath & Steinke 2020, proposition 12). @throws RangeError unless rho > 0 and 0 < delta < 1.
 */
export function epsilonOf(rho: number, delta: number): number {
  if (!(rho > 0) || !(delta > 0 && delta < 1)) throw new RangeError('There is no epsilon for this.');
  let [low, high] = [0, epsilonSimple(rho, delta)];
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (logDeltaOf(rho, middle) <= Math.log(delta)) high = middle;
    else low = middle;
  }
  return high;
}

/** Log of the least delta; the logarithm of the bound is convex in alpha, so that a search by thirds in log(alpha - 1) finds it. */
function logDeltaOf(rho: number, epsilon: number): number {
  const bound = (x: number) => {
    const above = Math.exp(x);
    const alpha = 1 + above;
    return above * (alpha * rho - epsilon) - x + alpha * (x - Math.log1p(above));
  };
  let [low, high] = [-20, 20];
  for (let step = 0; step < 300; step++) {
    const third = (high - low) / 3;
    if (bound(low + third) < bound(high - third)) high -= third;
    else low += third;
  }
  return Math.min(0, bound((low + high) / 2));
}
