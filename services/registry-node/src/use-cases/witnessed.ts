/** What the world outside has seen of our log: a checkpoint of ours that is longer than the log, or of another past, means that we were restored. */

import { type BrokerClient, openCheckpoint, ProblemError } from '@revier/connector-sdk';
import { Sha256 } from '@revier/schema';
import type { OwnLog, Self } from '../ports.ts';
import type { LogHeads, Restores } from '../restore-ports.ts';
import type { Noticed } from './notice-restore.ts';

export interface WitnessedDeps {
  readonly self: Self;
  readonly log: Pick<OwnLog, 'origin'>;
  readonly client: Pick<BrokerClient, 'logs' | 'checkpointSteps'>;
  readonly heads: LogHeads;
  readonly restores: Pick<Restores, 'accepted'>;
}

/**
 * Only what our own key has signed counts, so that nobody can stop us by a number; whoever carries can withhold it, though.
 * @throws ConnectionError, ProblemError when nobody can be asked
 */
export async function noticeByWitness(deps: WitnessedDeps, signal: AbortSignal): Promise<Noticed | undefined> {
  const { self, log, client, heads, restores } = deps;
  const carried = await client.logs(signal).catch(noneCarried);
  const newest = carried.logs.find(({ origin }) => origin === log.origin);
  if (newest === undefined) return undefined;
  const keys = self.trust.keysOf(self.participant);
  const steps = await client.checkpointSteps(log.origin, undefined, signal);
  for (const { note } of steps.toReversed()) {
    const seen = own(note, log.origin, keys);
    if (seen === undefined) continue;
    // Two persons have started the node knowing this.
    if (seen.size <= (await restores.accepted())) return undefined;
    const here = await heads.at(seen.size);
    const reason =
      here === undefined
        ? 'Witnesses know more of our log than the records hold: they were restored.'
        : 'Witnesses know another past of our log than the records tell.';
    return here === seen.head ? undefined : { reason, known: seen.size };
  }
  return undefined;
}

/** A broker of before carries no checkpoints. */
function noneCarried(error: unknown): { readonly logs: readonly { readonly origin: string }[] } {
  if (error instanceof ProblemError && error.problem.status === 404) return { logs: [] };
  throw error;
}

function own(note: string, origin: string, keys: Parameters<typeof openCheckpoint>[2]) {
  try {
    const { checkpoint } = openCheckpoint(note, origin, keys);
    return { size: checkpoint.size, head: Sha256.parse(`sha256:${Buffer.from(checkpoint.hash).toString('hex')}`) };
  } catch {
    return undefined;
  }
}
