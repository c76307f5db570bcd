/** What this node knows beside query and agreement when it decides; what it does not know is null, and so denies. */
import type { PolicyState } from '@revier/core';
import { ParticipantId, RecipientRole } from '@revier/schema';
import { z } from 'zod';
import type { Self } from '../ports.ts';
import type { PlannedFacts } from './gate.ts';

const Sides = z.object({ assigner: ParticipantId, assignee: ParticipantId });

/** Only what exactly its two sides have signed is admitted and stored. */
function signersOf(stored: unknown): string[] {
  const { data } = Sides.safeParse(stored);
  return data === undefined ? [] : [data.assigner, data.assignee];
}

export function policyState({ dataUser, roles, plan }: PlannedFacts, self: Self, stored: unknown): PolicyState {
  return {
    now: self.now(),
    agreement: {
      signedBy: signersOf(stored),
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
