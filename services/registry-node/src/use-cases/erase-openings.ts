/** Forgetting whom the log is about: by the clock after the retention, or by hand; the log tells of it, as a number. */
import { AppError } from '@revier/schema';
import type { OwnLog, Self } from '../ports.ts';

export interface EraseDeps {
  readonly self: Pick<Self, 'now'>;
  readonly log: Pick<OwnLog, 'eraseOpenings' | 'enter'>;
  readonly openingsKeptDays: number;
}

/** What the log says of it. */
export interface Erased {
  readonly openings: number;
  readonly before: string;
}

const DAY_MS = 86_400_000;

export const endOfRetention = ({ self, openingsKeptDays }: EraseDeps): Date =>
  new Date(self.now() - openingsKeptDays * DAY_MS);

/** By the clock: nothing is told when there was nothing to forget. */
export async function forgetOld(deps: EraseDeps): Promise<void> {
  const before = endOfRetention(deps);
  const openings = await deps.log.eraseOpenings(before);
  if (openings > 0) await enter(deps, { openings, before: before.toISOString() }, null);
}

/**
 * By hand, also before the retention is over; the name of whoever does it is sealed like any other.
 * @throws AppError INVALID_REQUEST for a time to come
 */
export async function eraseByHand(deps: EraseDeps, before = endOfRetention(deps), by: string): Promise<Erased> {
  if (before.getTime() > deps.self.now())
    throw AppError.at('INVALID_REQUEST', '/before', 'What has not happened yet cannot be forgotten.');
  const erased = { openings: await deps.log.eraseOpenings(before), before: before.toISOString() };
  await enter(deps, erased, by);
  return erased;
}

const enter = ({ log }: EraseDeps, { openings, before }: Erased, person: string | null): Promise<void> =>
  log.enter({ decision: 'openings-erased', codes: [], facts: { openings, before }, person });
