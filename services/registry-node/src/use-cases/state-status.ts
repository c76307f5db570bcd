/** Stating how an agreement stands from now on: numbered, signed, entered, and then told. */
import { mayFollow } from '@revier/core';
import { type AgreementStatus, AppError, type Sha256 } from '@revier/schema';
import type { SignedStatus } from '../policy-ports.ts';
import type { AuditEntry, Self } from '../ports.ts';
import { signStatus } from '../rooms/status-statement.ts';
import type { AgreementDeps } from './conclude-agreement.ts';

export interface StatingDeps extends Pick<AgreementDeps, 'agreements' | 'changed'> {
  readonly self: Self;
}

export interface StatedWith {
  readonly reason?: string | undefined;
  /** Who says so; kept apart from the entry, and erasable. */
  readonly person?: string | undefined;
  /** The stop that it follows from. */
  readonly cause?: string | undefined;
  /** Further facts for the audit log. */
  readonly facts?: AuditEntry['facts'] | undefined;
}

/** SUPERSEDED is stated by concluding the next version. @throws AppError NOT_FOUND, STATUS_NOT_POSSIBLE */
export async function stateStatus(
  hash: Sha256,
  status: Exclude<AgreementStatus, 'SUPERSEDED'>,
  { reason, person, cause, facts = {} }: StatedWith,
  { self, agreements, changed }: StatingDeps,
): Promise<SignedStatus> {
  for (;;) {
    const standing = await agreements.standing(hash);
    if (standing === undefined) throw new AppError('NOT_FOUND', { detail: 'No such agreement was concluded here.' });
    const { life } = standing;
    if (!mayFollow(life.status, status))
      throw new AppError('STATUS_NOT_POSSIBLE', {
        detail: `The agreement is ${life.status}; ${status} cannot follow.`,
      });
    const seq = life.seq + 1;
    const signed = await signStatus(
      { agreement: hash, seq, status, ...(reason === undefined ? {} : { reason }) },
      self,
    );
    const said = { agreement: hash, seq, status, reason: reason ?? null, cause: cause ?? null, ...facts };
    const audit: AuditEntry = { decision: 'agreement-status', codes: [], facts: said, person: person ?? null };
    if (await agreements.state({ ...signed, cause: cause ?? null, audit })) {
      changed(hash);
      return signed;
    }
  }
}
