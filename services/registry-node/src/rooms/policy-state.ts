/** What this node knows beside query and agreement when it decides; what it does not know is null, and so denies. */
import type { PolicyState } from '@revier/core';
import { RecipientRole } from '@revier/schema';
import type { Self } from '../ports.ts';
import type { VerifiedFacts } from './gate.ts';

export function policyState({ dataUser, roles, plan }: VerifiedFacts, self: Self): PolicyState {
  return {
    now: self.now(),
    agreement: {
      // Only agreements that exactly these two have signed are admitted; the evaluator holds both names against the document.
      signedBy: [self.participant, dataUser],
      status: 'ACTIVE',
      tightened: false,
      author: null,
      activatedAt: null,
    },
    recipient: {
      roles: RecipientRole.options.filter((role) => roles.includes(role)),
      sector: self.trust.participant(dataUser)?.sector ?? null,
    },
    // Until registers are applied for, the agreement alone says what a register may be asked for.
    register: { id: plan.question.register, purposes: [plan.question.purpose], legalBasis: null, ethicsVote: null },
    ledger: { cells: null, microRho: null, counts: {} },
    approvals: [],
    duties: [],
    roster: null,
  };
}
