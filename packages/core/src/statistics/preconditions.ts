/** What every statistic asks of its numbers before it counts with them: each check throws a RangeError that names no value. */

export function requireCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${name} must be a whole number from 0 to 2^53 - 1`);
}

export function requirePositive(name: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) throw new RangeError(`${name} must be a finite number above 0`);
}

export function requireNonNegative(name: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`${name} must be a finite number, at least 0`);
}

export function requireProbability(name: string, value: number): void {
  // Written so that NaN fails too.
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${name} must lie between 0 and 1`);
}
