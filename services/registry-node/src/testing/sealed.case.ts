/** Answers that the sieve of a small house has made, for contracts about what becomes of them. */
import type { Pattern } from '@revier/core';
import { read } from '../rooms/archive.ts';
import { verifySubmission, verifyTask } from '../rooms/gate.ts';
import { type Granted, grant, openGranted } from '../rooms/guard.ts';
import { Refusal } from '../rooms/refusal.ts';
import { type Beside, type SealedAnswer, sieve } from '../rooms/sieve.ts';
import type { House } from '../use-cases/answer-task.ts';
import type { SmallHouse } from './house.case.ts';
import type { Asked } from './parties.case.ts';

const { signal } = new AbortController();

/** The question of the house, or what was asked, as its guard lets it pass. @throws Refusal */
export async function grantedIn(small: SmallHouse, house: House = small.house, asked?: Asked): Promise<Granted> {
  const task = small.task(asked ?? (await small.ask()));
  const submission = await verifySubmission(task, small.queryOf(task), house.self);
  return grant(await verifyTask(task, submission, house, signal), house);
}

/** `granted`, or the codes of the refusal. */
export async function outcomeOf(granting: Promise<Granted>): Promise<string> {
  const fault = await granting.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (fault === undefined) return 'granted';
  if (fault instanceof Refusal) return fault.reasons.map(({ code }) => code).join(' ');
  throw fault;
}

/** City A is shown, city B withheld. */
const onlyCityA: Pattern = Uint8Array.of(1, 0);

/** Of what the source says by now. The sieve runs when it is called, with what was answered before. */
export async function sealing(
  small: SmallHouse,
  house: House = small.house,
  granted?: Granted,
): Promise<(past?: Beside['past']) => SealedAnswer> {
  const own = granted ?? (await grantedIn(small, house));
  const exact = await read(own, house.archive, signal);
  const pattern = openGranted(own).cellKeys === null ? onlyCityA : null;
  return (past = []) => sieve(exact, house.noiseKey, { pattern, past });
}
