/** Four eyes: each role by another person, over these very bytes, fresh, and never by the author. */
import type { ApprovalRole, Sha256 } from '@revier/schema';
import type { Approval } from './snapshot.ts';

/** An approval is not older than this when the agreement comes into force. */
export const APPROVAL_AGE_MS = 14 * 86_400_000;

export interface ApprovalTerms {
  readonly agreement: Sha256;
  readonly author: string | null;
  /** When the agreement came, or would come, into force. */
  readonly at: number;
}

/** Whether every role can be given to a person of its own. */
export function areApproved(
  roles: readonly ApprovalRole[],
  approvals: readonly Approval[],
  { agreement, author, at }: ApprovalTerms,
): boolean {
  const counting = approvals.filter(
    (one) => one.agreement === agreement && one.person !== author && one.at <= at && at - one.at <= APPROVAL_AGE_MS,
  );
  return canAssign(roles, counting, new Set());
}

function canAssign(
  roles: readonly ApprovalRole[],
  approvals: readonly Approval[],
  taken: ReadonlySet<string>,
): boolean {
  const [role, ...rest] = roles;
  if (role === undefined) return true;
  return approvals.some(
    (one) => one.role === role && !taken.has(one.person) && canAssign(rest, approvals, new Set([...taken, one.person])),
  );
}
