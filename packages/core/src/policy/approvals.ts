/** Four eyes: each role by another person, over these very bytes, fresh, and never by the author. */
import type { Agreement, ApprovalRole, Floor, Sha256 } from '@revier/schema';
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

/** Who must approve: what floor and agreement ask for; steward and signatory where neither says anything. */
export function requiredRoles({ permission }: Agreement, { requiredApprovals = [] }: Floor): ApprovalRole[] {
  const agreed = permission.flatMap(({ constraint }) =>
    constraint.flatMap((one) => (one.leftOperand === 'rv:approval' ? one.rightOperand : [])),
  );
  const asked = [...new Set([...requiredApprovals, ...agreed])];
  return asked.length === 0 ? ['signatory', 'steward'] : asked.sort();
}

/** The roles that nobody has given yet; as few as the approvals there are allow. */
export function missingRoles(
  roles: readonly ApprovalRole[],
  approvals: readonly Approval[],
  terms: ApprovalTerms,
): ApprovalRole[] {
  if (areApproved(roles, approvals, terms)) return [];
  const given = roles
    .map((_, left) => roles.filter((__, at) => at !== left))
    .map((rest) => missingRoles(rest, approvals, terms));
  const least = given.reduce((best, one) => (one.length < best.length ? one : best), given[0] ?? []);
  const left = roles[given.indexOf(least)];
  return left === undefined ? least : [...least, left].sort();
}
