/** The questions of the last 90 days about a dataset, from the audit log, decided again under a draft. */
import { PolicyRequest, simulate } from '@revier/core';
import type { InboxView } from '@revier/schema';
import type { Draft, Negotiation } from './ports.ts';
import type { InboxDeps } from './room.ts';

const DAYS = 90;
/** More than that tells nothing that these do not. */
const MOST = 2000;

/** Null without an application that could say for what is asked. */
export async function simulatePast(
  { application, consumer }: Negotiation,
  { agreement }: Draft,
  { log, self }: InboxDeps,
): Promise<InboxView['simulation']> {
  if (application === null) return null;
  const entries = await log.since(new Date(self.now() - DAYS * 86_400_000), MOST);
  const hashes = entries
    .filter(({ facts }) => facts.dataset === agreement.target)
    .flatMap(({ facts: { request } }) => (typeof request === 'string' ? [request] : []));
  const kept = await log.snapshots([...new Set(hashes)]);
  const past = hashes.flatMap((hash) => requestIn(kept.get(hash)));
  const { purpose, legalBasis, ethicsVote } = application.content;
  const sector = self.trust.participant(consumer)?.sector ?? null;
  const result = simulate({ draft: agreement, floor: self.floor, purpose, legalBasis, ethicsVote, sector }, past);
  return { days: DAYS, asked: result.asked, allowed: result.allowed, denied: [...result.denied] };
}

function requestIn(text: string | undefined): PolicyRequest[] {
  const { data } = PolicyRequest.safeParse(text === undefined ? undefined : JSON.parse(text));
  return data === undefined ? [] : [data];
}
