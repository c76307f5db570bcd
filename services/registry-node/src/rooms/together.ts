/** Who answers together (mode F): fixed by the agreement, counted by organisations, and each proven by its own signature. */
import { openCompact, resolver, type SumRoster } from '@revier/connector-sdk';
import { contentHash, LEAST_MEMBERS, type Member, openingFaults, rosterFaults, togetherOf } from '@revier/core';
import { type CompactJws, type ParticipantId, Receipt, ReleaseHeader } from '@revier/schema';
import type { z } from 'zod';
import type { Agreements } from '../policy-ports.ts';
import type { Self } from '../ports.ts';
import type { MaskedAttempt, SumAttempt } from '../sum-ports.ts';
import type { GrantedFacts } from './guard.ts';
import { Refusal } from './refusal.ts';

/** What is asked, of whom, and under what. */
export interface SumFacts extends Pick<GrantedFacts, 'agreement' | 'plan' | 'own'> {
  readonly task: Pick<GrantedFacts['task'], 'submissionId'>;
}

export interface TogetherDeps {
  readonly self: Self;
  readonly agreements: Pick<Agreements, 'named'>;
}

/** Sorted. @throws Refusal MEMBERS_INVALID unless the agreement fixes exactly those that the plan asks, four organisations at least */
export async function membersAgreed(
  { agreement, plan, own }: SumFacts,
  { self, agreements }: TogetherDeps,
): Promise<readonly Member[]> {
  const [stored] = await agreements.named([agreement], plan.question.register, own.dataset.id);
  const agreed = stored?.agreement['rv:coMembers'];
  if (agreed === undefined) throw invalid('/rv:coMembers', 'The agreement does not say who answers together.');
  const planned = togetherOf(plan.tasks).map(({ holder }) => holder);
  if (contentHash(agreed.toSorted()) !== contentHash(planned.toSorted()))
    throw invalid('/rv:coMembers', 'The agreement fixes other holders than this question asks.');
  const members = agreed.toSorted().map((id): Member => {
    const participant = self.trust.participant(id);
    if (participant?.roles.includes('data-holder') !== true)
      throw invalid('/rv:coMembers', 'A holder that answers together is not in the trust list.');
    return { id, organisation: participant.organisation ?? id, contributes: true };
  });
  const organisations = new Set(members.map(({ organisation }) => organisation));
  if (organisations.size < members.length) throw invalid('/rv:coMembers', 'Two holders are of one organisation.');
  if (members.length < leastOf(self))
    throw Refusal.because('MIN_NODES', '/rv:coMembers', 'Fewer organisations than needed would answer together.');
  return members;
}

const leastOf = ({ floor }: Self): number => Math.max(LEAST_MEMBERS, floor.minContributingNodes ?? 0);

export interface RosterShown {
  readonly attempt: number;
  readonly receipts: readonly CompactJws[];
}

/** Every receipt is its member's own word about this very table and attempt. @throws Refusal MEMBERS_INVALID with the place of the first that is not */
export async function verifyRoster(
  { attempt, receipts }: RosterShown,
  facts: SumFacts,
  members: readonly Member[],
  { self, own }: { readonly self: Self; readonly own: SumAttempt },
): Promise<SumRoster> {
  const keys = new Map<string, string>();
  for (const [at, jws] of receipts.entries()) {
    const pointer = `/sum/receipts/${at}`;
    const receipt = await ofMember(jws, 'revier-receipt+jws', Receipt, { self, pointer });
    const fits =
      receipt.decision === 'accepted' &&
      receipt.submissionId === facts.task.submissionId &&
      receipt.aud === self.broker &&
      receipt.realm === self.realm &&
      receipt.table === facts.own.tableHash &&
      receipt.sum?.attempt === attempt;
    if (!fits || receipt.decision !== 'accepted' || receipt.sum === undefined)
      throw invalid(pointer, 'The receipt is of another question, table or attempt.');
    if (keys.has(receipt.iss)) throw invalid(pointer, 'A member stands there twice.');
    keys.set(receipt.iss, receipt.sum.key);
  }
  const roster = [...keys.keys()];
  const faults = rosterFaults({ self: self.participant, roster, agreed: members, minMembers: leastOf(self) });
  if (faults.length > 0) throw invalid('/sum/receipts', `The roster is not as agreed: ${faults.join(', ')}.`);
  if (keys.get(self.participant) !== own.secret.x || new Set(keys.values()).size < keys.size)
    throw invalid('/sum/receipts', 'A key in the roster is another one.');
  const submission = facts.task.submissionId;
  return { submission, attempt, digest: contentHash(receipts.toSorted()), keys };
}

/** Every member says by its own signature that it has masked for this very roster. @throws Refusal MEMBERS_INVALID */
export async function verifyDelivered(
  releases: readonly CompactJws[],
  { sum }: MaskedAttempt,
  facts: SumFacts,
  self: Self,
): Promise<void> {
  const delivered: ParticipantId[] = [];
  for (const [at, jws] of releases.entries()) {
    const pointer = `/sum/releases/${at}`;
    const header = await ofMember(jws, 'revier-release+jws', ReleaseHeader, { self, pointer });
    const fits =
      header.mode === 'F' &&
      header.submissionId === facts.task.submissionId &&
      header.realm === self.realm &&
      header.table === facts.own.tableHash &&
      header.sum?.submission === sum.submission &&
      header.sum.attempt === sum.attempt &&
      // Shares of another law would not add up to the noise that is promised.
      header.sum.variance === sum.variance &&
      header.sum.roster === sum.roster;
    if (!fits) throw invalid(pointer, 'What was delivered belongs to another attempt or roster.');
    delivered.push(header.iss);
  }
  const asked = { attempt: sum.attempt, roster: delivered };
  const masked = [{ attempt: sum.attempt, roster: sum.members }];
  const faults = openingFaults({ asked, masked, opened: null, pairSharesRevealed: [] });
  if (faults.length > 0 || new Set(delivered).size < delivered.length)
    throw invalid('/sum/releases', 'Not exactly the members of the roster have delivered.');
}

async function ofMember<S extends z.ZodType<{ readonly iss: ParticipantId }>>(
  jws: CompactJws,
  kind: 'revier-receipt+jws' | 'revier-release+jws',
  schema: S,
  { self, pointer }: { readonly self: Self; readonly pointer: string },
): Promise<z.output<S>> {
  const { payload, kid } = await openCompact(jws, kind, schema, resolver(self.trust, { role: 'data-holder' })).catch(
    (cause: unknown) => {
      throw invalid(pointer, 'This is not signed by a data holder.', cause);
    },
  );
  if (self.trust.keyOf(kid)?.participant.id !== payload.iss)
    throw invalid(pointer, 'This is signed by another holder than it names.');
  return payload;
}

export const invalid = (pointer: string, hint: string, cause?: unknown): Refusal =>
  Refusal.because('MEMBERS_INVALID', pointer, hint, cause);
