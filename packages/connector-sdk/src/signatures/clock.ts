/** Windows of validity, with the difference between two clocks that is tolerated. */
import { AppError } from '@revier/schema';

/** Seconds. */
export const DEFAULT_SKEW = 120;

export interface Validity {
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly exp: number;
}

export interface ClockOptions {
  readonly now: Date;
  /** Tolerated difference of clocks in seconds. */
  readonly skewSeconds?: number;
}

export const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);

/** @throws AppError EXPIRED when over, not begun, or longer than `longest` seconds. */
export function assertInForce({ iat, exp }: Validity, clock: ClockOptions, longest = Number.POSITIVE_INFINITY): void {
  const now = secondsOf(clock.now);
  const skew = clock.skewSeconds ?? DEFAULT_SKEW;
  // Written so that an invalid date, which compares false with everything, fails closed.
  const begun = iat <= now + skew;
  const going = now < exp + skew;
  const fitting = iat < exp && exp - iat <= longest;
  if (!(begun && going && fitting)) throw new AppError('EXPIRED');
}
