/** Waiting for admission: until the list in force, signed by enough holders, has our key under our name. */
import { setTimeout as sleep } from 'node:timers/promises';
import { catchUp, type OfficeClient, type TrustKeeper } from '@revier/connector-sdk';
import { AppError, type Enrolment } from '@revier/schema';
import { reached } from '../ask/enter.ts';

const LOOK_EVERY_MS = 2000;
const DEFAULT_WAIT_SECONDS = 86_400;

export interface Waiting {
  readonly keeper: TrustKeeper;
  readonly office: OfficeClient;
  readonly broker: string;
  readonly waitSeconds?: number | undefined;
}

/** @throws AppError NOT_ANSWERED_YET when the time is over: the same command goes on waiting; FORBIDDEN for another place than was asked for */
export async function waitForPlace({ id, name, roles, key }: Enrolment, waiting: Waiting): Promise<void> {
  const { keeper, office, broker, waitSeconds = DEFAULT_WAIT_SECONDS } = waiting;
  const ends = performance.now() + waitSeconds * 1000;
  for (;;) {
    await reached({ broker }, () => catchUp(keeper, office));
    const found = keeper.keyOf(key.kid)?.participant;
    if (found !== undefined) {
      if (found.id === id && found.name === name && found.roles.join() === roles.join()) return;
      throw new AppError('FORBIDDEN', {
        detail: 'The trust list has our key in another place than we have asked for.',
      });
    }
    if (performance.now() >= ends)
      throw new AppError('NOT_ANSWERED_YET', { detail: 'We are not admitted yet. The same command goes on waiting.' });
    await sleep(LOOK_EVERY_MS);
  }
}
