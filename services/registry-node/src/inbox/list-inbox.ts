/** What waits and what became of it: one line for each negotiation; and the reminder of those that wait too long. */
import { isFinal } from '@revier/core';
import type { InboxEntry } from '@revier/schema';
import { fourEyes } from './four-eyes.ts';
import { draftOf, type Negotiation } from './ports.ts';
import { type InboxDeps, type Room, roomOf } from './room.ts';

const DAY = 86_400_000;

/** What waits for people comes first, the longest waiting before the others. */
export async function listInbox(deps: InboxDeps): Promise<InboxEntry[]> {
  const room = await roomOf(deps);
  const entries: InboxEntry[] = [];
  for (const negotiation of await deps.negotiations.list()) entries.push(await entryFor(negotiation, deps, room));
  const rank = ({ waitsFor }: InboxEntry): number => ['people', 'node', 'data-user', null].indexOf(waitsFor);
  return entries.sort((a, b) => rank(a) - rank(b) || a.came.localeCompare(b.came));
}

export async function entryFor(negotiation: Negotiation, deps: InboxDeps, room: Room): Promise<InboxEntry> {
  const { id, state, consumer: dataUser, came, application, ended, limited } = negotiation;
  const draft = draftOf(negotiation);
  const eyes = draft === null ? undefined : await fourEyes(negotiation, draft, deps.negotiations, room);
  return {
    ...{ id, state, dataUser, came, ended },
    waitsFor: waitsFor(negotiation),
    register: application?.content.register ?? null,
    dataset: draft?.agreement.target ?? null,
    title: application?.content.title ?? null,
    days: Math.max(0, Math.floor((deps.self.now() - Date.parse(came)) / DAY)),
    draft: draft?.hash ?? null,
    version: draft?.agreement['rv:version'] ?? null,
    isLimited: limited !== null,
    missing: isFinal(state) ? [] : [...(eyes?.missing ?? [])],
  };
}

function waitsFor({ state }: Negotiation): InboxEntry['waitsFor'] {
  if (isFinal(state)) return null;
  if (state === 'REQUESTED' || state === 'ACCEPTED') return 'people';
  return state === 'VERIFIED' ? 'node' : 'data-user';
}

const PATIENCE_DAYS = 7;

/** In the log of the process, for whoever watches it. */
export async function remind(deps: InboxDeps): Promise<void> {
  for (const { id, days, waitsFor: whom, missing } of await listInbox(deps))
    if (whom === 'people' && days >= PATIENCE_DAYS)
      deps.logger.warn({ negotiation: id, days, missing }, 'an application waits for people here');
}
