/** What this node knows beside query and agreement when it decides; what it does not know is null, and so denies. */
import type { PolicyState } from '@revier/core';
import { RecipientRole, samePerson } from '@revier/schema';
import type { PolicyFacts, StoredAgreement } from '../policy-ports.ts';
import type { Self } from '../ports.ts';
import { dutiesIn } from './agreement-terms.ts';
import type { PlannedFacts } from './gate.ts';

/** @param cost in cells: of this question, beside what was spent before it */
export function policyState(
  { dataUser, roles, plan }: Pick<PlannedFacts, 'dataUser' | 'roles' | 'plan'>,
  self: Self,
  policy: PolicyFacts,
  cost: number,
): PolicyState {
  const { stored, life, spent } = policy;
  const labels = labelsOf(stored);
  return {
    now: self.now(),
    agreement: {
      signedBy: [...stored.signedBy],
      status: life.status,
      tightened: life.tightened,
      author: stored.author === null ? null : labels(stored.author),
      activatedAt: stored.activatedAt,
    },
    recipient: {
      roles: RecipientRole.options.filter((role) => roles.includes(role)),
      sector: self.trust.participant(dataUser)?.sector ?? null,
    },
    register: registerOf(stored, plan.question),
    ledger: {
      cells: { spent: spent.cells, cost },
      microRho: null,
      counts: { total: spent.questions, ...spent.within },
    },
    approvals: stored.approvals.map(({ role, person, at }) => ({
      ...{ role, at, agreement: stored.hash },
      person: labels(person),
    })),
    duties: dutiesOf(policy),
    roster: null,
  };
}

/** As it was applied for. An agreement that came as a file says alone what its register may be asked for. */
function registerOf(
  { application: kept }: StoredAgreement,
  asked: PlannedFacts['plan']['question'],
): PolicyState['register'] {
  if (kept === null) return { id: asked.register, purposes: [asked.purpose], legalBasis: null, ethicsVote: null };
  const { register, purpose, legalBasis, ethicsVote: vote } = kept.application;
  return {
    id: register,
    purposes: [purpose],
    legalBasis,
    ethicsVote: vote === undefined ? null : { reference: vote.reference, issued: Date.parse(vote.issued) },
  };
}

/** Who is who, and nobody's name: what a decision was made from is kept for auditors, and cannot be erased. */
function labelsOf({ author, approvals }: StoredAgreement): (person: string) => string {
  const persons = [...(author === null ? [] : [author]), ...approvals.map(({ person }) => person)].map(samePerson);
  const distinct = [...new Set(persons)];
  return (person) => `person ${distinct.indexOf(samePerson(person)) + 1}`;
}

/** Triggered by the first release under the lineage; what is due at once was triggered when it fell due. */
function dutiesOf({ stored, spent, duties }: PolicyFacts): PolicyState['duties'] {
  return dutiesIn(stored.agreement).map(({ '@id': id }) => {
    const known = duties.find(({ duty }) => duty === id);
    return { id, since: spent.firstRelease, doneAt: known?.doneAt ?? null };
  });
}
