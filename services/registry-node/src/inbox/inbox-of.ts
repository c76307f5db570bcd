/** The inbox put together for the admin port. */
import { type InboxEntry, type Pid, type StandingPolicyList, samePerson } from '@revier/schema';
import type { InboxRoutes } from '../routes/inbox.ts';
import { handIn } from './hand-in.ts';
import { handInLimit, prepareLimit } from './limit-draft.ts';
import { entryFor, listInbox } from './list-inbox.ts';
import type { Negotiation } from './ports.ts';
import { type InboxDeps, roomOf } from './room.ts';
import { endPolicy, givePolicy } from './standing-policies.ts';
import { viewOf } from './view.ts';

/** For a catalogue that is not at hand and has to be fetched. */
const FETCH_MS = 10_000;

export function inboxOf(deps: InboxDeps, admit: InboxRoutes['admit']): InboxRoutes {
  const soon = (): AbortSignal => AbortSignal.timeout(FETCH_MS);
  const told = async (negotiation: Negotiation): Promise<InboxEntry> => entryFor(negotiation, deps, await roomOf(deps));
  return {
    admit,
    list: () => listInbox(deps),
    view: (id: Pid) => viewOf(id, deps, soon()),
    prepareLimit: (id, how) => prepareLimit(id, how, deps, soon()),
    limit: async (id, given) => told(await handInLimit(id, given, deps)),
    handIn: async ({ statement }) => told(await handIn(statement, deps, soon())),
    policies: () => policiesOf(deps),
    givePolicy: (signed) => givePolicy(signed, deps),
    endPolicy: (name, by) => endPolicy(name, by, deps),
  };
}

async function policiesOf(deps: InboxDeps): Promise<StandingPolicyList> {
  const { people } = await deps.people.roll();
  const now = deps.self.now() / 1000;
  const policies = (await deps.negotiations.policies()).map(({ hash, policy, kids, ended }) => ({
    ...{ hash, policy },
    signers: [...new Set(people.filter(({ kid }) => kids.includes(kid)).map(({ name }) => samePerson(name)))],
    isInForce: ended === null && policy.iat <= now && now < policy.exp,
    ended: ended === null ? null : new Date(ended).toISOString(),
  }));
  return { policies };
}
