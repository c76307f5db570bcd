/** Four eyes on a draft: which approvals count, who is missing, and whether the officer was heard; and what follows when nobody is. */
import { type Approval, areApproved, missingRoles, requiredRoles } from '@revier/core';
import { type ApprovalRole, type KeyId, type StaffRole, samePerson } from '@revier/schema';
import type { Enrolled } from '../ports.ts';
import type { ApprovalWord, Desk, Draft, Negotiation, NegotiationReads, Word } from './ports.ts';
import { draftOf } from './ports.ts';
import type { Room } from './room.ts';
import { agree, offer } from './say.ts';

export interface FourEyes {
  readonly required: readonly ApprovalRole[];
  readonly missing: readonly ApprovalRole[];
  /** Of people who are still enrolled. */
  readonly approvals: readonly ApprovalWord[];
  readonly opinions: readonly Extract<Word, { kind: 'opinion' }>[];
  readonly opinionMissing: boolean;
  readonly isApproved: boolean;
}

/** Deputies have the role of those they stand in for; who advises has none. */
export function approvingRole(role: StaffRole): ApprovalRole | null {
  const own = role.replace(/^deputy-/, '');
  return own === 'steward' || own === 'signatory' || own === 'committee' ? own : null;
}

/** Whoever has written it, as names are compared: the limited draft here, or the application at the data user. */
export const authorOf = ({ limited, application }: Negotiation): string | null =>
  limited?.author ?? (application === null ? null : samePerson(application.content.author));

export async function fourEyes(
  negotiation: Negotiation,
  draft: Draft,
  reads: Pick<NegotiationReads, 'words'>,
  { self, roll, settings }: Room,
): Promise<FourEyes> {
  const words = (await reads.words(draft.hash)).filter(({ kid }) => isEnrolled(kid, roll.people));
  const approvals = words.filter((one): one is ApprovalWord => one.kind === 'approve');
  const opinions = words.filter((one) => one.kind === 'opinion');
  const counted = approvals.map(({ role, person, at }): Approval => ({ role, person, at, agreement: draft.hash }));
  const terms = { agreement: draft.hash, author: authorOf(negotiation), at: self.now() };
  const required = requiredRoles(draft.agreement, self.floor);
  const opinionMissing = settings.opinionRequired && opinions.length === 0;
  return {
    ...{ required, approvals, opinions, opinionMissing },
    missing: missingRoles(required, counted, terms),
    isApproved: areApproved(required, counted, terms) && !opinionMissing,
  };
}

const isEnrolled = (kid: KeyId, people: readonly Enrolled[]): boolean => people.some((person) => person.kid === kid);

/** Approved: what was limited is offered, anything else is agreed to. */
export async function settle(negotiation: Negotiation, desk: Desk, room: Room): Promise<Negotiation> {
  const draft = draftOf(negotiation);
  if (draft === null || !(await fourEyes(negotiation, draft, desk, room)).isApproved) return negotiation;
  if (negotiation.state === 'REQUESTED' && negotiation.limited !== null) return offer(negotiation, desk, room.self);
  if (negotiation.state === 'REQUESTED' || negotiation.state === 'ACCEPTED') return agree(negotiation, desk, room.self);
  return negotiation;
}
