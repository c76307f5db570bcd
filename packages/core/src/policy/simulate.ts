/** Simulation: what would have become of the questions of the last weeks, had the applicant asked them under the proposed agreement. */
import type { Agreement, Application, Floor, LegalBasisCode, RecipientSector } from '@revier/schema';
import { contentHash } from '../query/canonical.ts';
import { evaluate } from './evaluate.ts';
import type { PolicyRequest, PolicyState } from './snapshot.ts';

export interface Proposal {
  readonly draft: Agreement;
  readonly floor: Floor;
  /** A code of the pinned tree. */
  readonly purpose: string;
  readonly legalBasis: LegalBasisCode;
  readonly ethicsVote: Application['ethicsVote'] | undefined;
  readonly sector: RecipientSector | null;
}

/** A question that was asked: its table and how fine it is. Who asked does not matter. */
export type PastRequest = Pick<PolicyRequest, keyof PolicyRequest>;

export interface SimulationResult {
  readonly asked: number;
  readonly allowed: number;
  /** By code, the most frequent first; a question can be denied for several. */
  readonly denied: readonly { readonly code: string; readonly times: number }[];
}

/** Budgets are fresh for each question, approvals given and duties in order: what is told is what the terms themselves let pass. */
export function simulate(proposal: Proposal, past: readonly PastRequest[]): SimulationResult {
  const times = new Map<string, number>();
  let allowed = 0;
  const hash = contentHash(proposal.draft);
  for (const request of past) {
    const decision = evaluate({
      checkpoint: 'P1',
      agreement: proposal.draft,
      floor: proposal.floor,
      request: asApplicant(request, proposal, hash),
      state: stateOf(request, proposal, hash),
    });
    if (decision.decision === 'allow') allowed++;
    else for (const code of decision.codes) times.set(code, (times.get(code) ?? 0) + 1);
  }
  const denied = [...times]
    .map(([code, count]) => ({ code, times: count }))
    .sort((a, b) => b.times - a.times || a.code.localeCompare(b.code));
  return { asked: past.length, allowed, denied };
}

const asApplicant = (request: PastRequest, { draft, purpose }: Proposal, hash: string): PolicyRequest => ({
  ...request,
  agreement: hash,
  holder: draft.assigner,
  dataUser: draft.assignee,
  realm: draft['rv:realm'],
  register: draft['rv:register'],
  purposes: [purpose],
});

function stateOf({ cells }: PastRequest, proposal: Proposal, hash: string): PolicyState {
  const { draft, purpose, legalBasis, ethicsVote, sector } = proposal;
  const now = Math.max(Date.parse(draft.timestamp), ...startsOf(draft));
  const limits = draft.permission.flatMap(({ constraint }) => constraint);
  const counts = limits.flatMap((one) =>
    one.leftOperand === 'odrl:count' ? [[one['rv:per'] ?? 'total', 0] as const] : [],
  );
  const roles = ['steward', 'signatory', 'committee'] as const;
  return {
    now,
    agreement: {
      ...{ signedBy: [draft.assigner, draft.assignee], status: 'ACTIVE', tightened: false, author: null },
      activatedAt: now,
    },
    recipient: { roles: ['researcher', 'planner'], sector },
    register: {
      id: draft['rv:register'],
      purposes: [purpose],
      legalBasis,
      ethicsVote:
        ethicsVote === undefined ? null : { reference: ethicsVote.reference, issued: Date.parse(ethicsVote.issued) },
    },
    ledger: { cells: { spent: 0, cost: cells }, microRho: { spent: 0, cost: 0 }, counts: Object.fromEntries(counts) },
    approvals: roles.map((role) => ({ role, person: role, agreement: hash, at: now })),
    duties: draft.permission.flatMap(({ duty = [] }) =>
      duty.map((one) => ({ id: one['@id'], since: null, doneAt: null })),
    ),
    roster: null,
  };
}

const startsOf = ({ permission }: Agreement): number[] =>
  permission.flatMap(({ constraint }) =>
    constraint.flatMap((one) =>
      one.leftOperand === 'odrl:dateTime' && one.operator === 'gteq' ? [Date.parse(one.rightOperand)] : [],
    ),
  );
