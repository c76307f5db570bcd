/** The Poisson mass x^a e^-x / Gamma(a+1) for real a, by Loader's saddle point: no large terms that cancel. */

const HALF_LN_TWO_PI = Math.log(2 * Math.PI) / 2;

/** Stirling's series is exact to double precision from here on. */
const SERIES_FROM = 16;

/**
 * The natural logarithm of x^a e^-x / Gamma(a+1), for a > 0 and x > 0.
 * Source: C. Loader, Fast and accurate computation of binomial probabilities (2000), section 3; here a need not be whole.
 */
export function logPoissonMass(a: number, x: number): number {
  return -stirlingError(a) - deviance(a, x) - HALF_LN_TWO_PI - Math.log(a) / 2;
}

/** ln Gamma(a+1), for a > 0. */
export function logGammaOfNext(a: number): number {
  return stirlingError(a) + (a + 0.5) * Math.log(a) - a + HALF_LN_TWO_PI;
}

/**
 * What Stirling's formula lacks: ln Gamma(a+1) - ((a + 1/2) ln a - a + ln(2 pi)/2).
 * Small a climb by the recurrence of Gamma, large a use the series (Abramowitz & Stegun 6.1.41).
 */
function stirlingError(a: number): number {
  let climbed = 0;
  let at = a;
  for (; at < SERIES_FROM; at += 1) climbed += (at + 0.5) * Math.log1p(1 / at) - 1;
  const square = at * at;
  const series =
    1 / 12 -
    (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360360 / square) / square) / square) / square) / square;
  return climbed + series / at;
}

/** a ln(a/x) + x - a: Loader's bd0, by its own series where a and x are near and the terms would cancel. */
function deviance(a: number, x: number): number {
  const difference = a - x;
  if (Math.abs(difference) >= 0.1 * (a + x)) return a * (Math.log(a) - Math.log(x)) - difference;
  const ratio = difference / (a + x);
  let sum = difference * ratio;
  let power = 2 * a * ratio;
  for (let odd = 3; ; odd += 2) {
    power *= ratio * ratio;
    const next = sum + power / odd;
    if (next === sum) return sum;
    sum = next;
  }
}
