/** Standing policies applied: what fits is approved in the name of who has signed the policy, or rejected with its reason. */
import { standingDecision } from '@revier/core';
import { samePerson } from '@revier/schema';
import { deciding } from '../rooms/two-persons.ts';
import { approvingRole, settle } from './four-eyes.ts';
import type { Desk, Draft, KeptPolicy, Negotiation } from './ports.ts';
import type { Room } from './room.ts';
import { factsOf, type Terminating, terminate } from './say.ts';

/** People decide about what is left as it was. */
export async function decideByPolicy(negotiation: Negotiation, desk: Desk, room: Room): Promise<Negotiation> {
  const draft = negotiation.asked;
  if (negotiation.state !== 'REQUESTED' || negotiation.limited !== null || draft === null) return negotiation;
  const found = decidedBy(await usable(desk, room), negotiation, draft, room);
  if (found === undefined) return negotiation;
  const { hash, policy } = found;
  // A policy cannot grant what cannot be concluded: people see why, and may limit it.
  if (policy.decides === 'approve' && room.isLatticeSafe === false) return negotiation;
  const facts = { ...factsOf(negotiation), policy: hash, name: policy.name, decides: policy.decides };
  await desk.enter({ decision: 'standing-policy-decided', codes: [], facts, person: null });
  if (policy.decides === 'reject') {
    const ending: Terminating = {
      ...{ code: 'STANDING_POLICY', reason: [policy.reason], decision: 'application-rejected' },
      facts: { policy: hash },
    };
    return terminate(negotiation, ending, desk, room.self);
  }
  await approveFor(found, negotiation, draft, desk, room);
  return settle(negotiation, desk, room);
}

/** In force, and still signed by two who decide. */
async function usable(desk: Desk, { roll }: Room): Promise<KeptPolicy[]> {
  return (await desk.policies()).filter(
    ({ ended, kids }) => ended === null && deciding(roll.people.filter(({ kid }) => kids.includes(kid))).size >= 2,
  );
}

function decidedBy(
  kept: readonly KeptPolicy[],
  { application, consumer }: Negotiation,
  { agreement }: Draft,
  { self, datasets, isLatticeSafe = null }: Room,
): KeptPolicy | undefined {
  const facts = {
    draft: agreement,
    mode: datasets.get(agreement.target)?.description.mode ?? null,
    sector: self.trust.participant(consumer)?.sector ?? null,
    legalBasis: application?.content.legalBasis ?? null,
    isAmendment: agreement['rv:replaces'] !== undefined,
    isLatticeSafe,
  };
  const decided = standingDecision(
    kept.map(({ policy }) => policy),
    facts,
    Math.floor(self.now() / 1000),
  );
  return kept.find(({ policy }) => policy === decided);
}

/** Each signer by the role that they have now. */
async function approveFor(
  { hash, signed, kids }: KeptPolicy,
  { id }: Negotiation,
  draft: Draft,
  desk: Desk,
  { roll, self }: Room,
): Promise<void> {
  for (const { kid, name, role } of roll.people.filter((person) => kids.includes(person.kid))) {
    const approving = approvingRole(role);
    if (approving === null) continue;
    await desk.keep({
      ...{ kind: 'approve', negotiation: id, draft: draft.hash, kid, role: approving, policy: hash },
      ...{ person: samePerson(name), statement: signed, at: self.now() },
    });
  }
}
