/** While the node is stopped, its agreements are suspended, and everybody is told so; the start takes back what the stop has done. */
import { type AgreementStatus, AppError, type Sha256 } from '@revier/schema';
import { type StatingDeps, stateStatus } from './state-status.ts';

/** @param stop its identity */
export async function suspendForStop(stop: Sha256, deps: StatingDeps): Promise<void> {
  for (const { stored, life } of await deps.agreements.list())
    if (life.status === 'ACTIVE')
      await stated(stored.hash, 'SUSPENDED', { cause: stop, reason: 'The holder has stopped its node.' }, deps);
}

/** Only what a stop has suspended: whatever a person has suspended, two persons resume. */
export async function resumeAfterStop(deps: StatingDeps): Promise<void> {
  for (const { stored, life, cause } of await deps.agreements.list())
    if (life.status === 'SUSPENDED' && cause !== null)
      await stated(stored.hash, 'ACTIVE', { reason: 'Two persons have started the node again.' }, deps);
}

/** Something else may have been stated in this very moment, and then that holds. */
async function stated(
  hash: Sha256,
  status: Extract<AgreementStatus, 'ACTIVE' | 'SUSPENDED'>,
  word: { readonly reason: string; readonly cause?: string },
  deps: StatingDeps,
): Promise<void> {
  await stateStatus(hash, status, word, deps).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'STATUS_NOT_POSSIBLE') throw error;
  });
}
