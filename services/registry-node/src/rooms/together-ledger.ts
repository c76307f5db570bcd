/** The ledger of secure sums: keys, masked parts and openings, each signed, and with its audit entry in one transaction. */
import { makeSumSecret, type SumSecret, seedText, unsealShare } from '@revier/connector-sdk';
import { contentHash, unverified } from '@revier/core';
import { type Opening, type ParticipantId, Receipt, ReleaseHeader, type SumStep } from '@revier/schema';
import type { Accounts } from '../policy-ports.ts';
import type { Book, Self } from '../ports.ts';
import type { MaskedAttempt, Sums } from '../sum-ports.ts';
import { decideAt } from './checkpoints.ts';
import type { GrantedFacts } from './guard.ts';
import {
  acceptance,
  headerOf,
  type Recorded,
  receiptBase,
  releasedTogether,
  releaseEntry,
  replayed,
} from './ledger.ts';
import { type MaskedAnswer, openSealedAnswer, type SealedAnswer } from './sieve.ts';
import { invalid } from './together.ts';

export interface TogetherLedgerDeps {
  readonly self: Self;
  readonly book: Book;
  readonly sums: Sums;
  readonly accounts: Pick<Accounts, 'facts'>;
}

/** Says yes, with a fresh key for this attempt. */
export async function acceptTogether(granted: GrantedFacts, attempt: number, { self, sums }: TogetherLedgerDeps) {
  const secret = makeSumSecret();
  const said: Receipt = { ...acceptance(granted, self), sum: { attempt, key: secret.x } };
  const receipt = await self.signer.sign('revier-receipt+jws', said);
  const { taskId, exp } = granted.task;
  await sums.accept({ taskId, attempt, secret, receipt, expires: exp });
}

/** Decided with the roster known, before anything is read. @throws Refusal MIN_NODES and every code of the evaluator */
export async function decideTogether(
  { question }: GrantedFacts,
  roster: readonly ParticipantId[],
  { self, accounts }: TogetherLedgerDeps,
) {
  return decideAt('P3', question, { self, policy: await accounts.facts(question.asked), roster });
}

export interface Masked extends MaskedAnswer {
  readonly roster: MaskedAttempt['roster'];
  readonly seed: string;
  readonly receipt: string;
}

/** The masked part leaves: unreadable until every member opens. */
export async function maskTogether(
  { answer, cells, roster, seed, receipt }: Masked,
  deps: TogetherLedgerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { self, sums } = deps;
  const facts = openSealedAnswer(answer);
  const { granted, sum, bytes, hash } = facts;
  if (sum === undefined) throw invalid('/sum', 'This is no part of a sum.');
  const decided = await decideTogether(granted, sum.members, deps);
  const release = headerOf(facts, self);
  const header = await self.signer.sign('revier-release+jws', release);
  signal.throwIfAborted();
  const entry = releaseEntry(facts, { receipt: Receipt.parse(unverified(receipt)), release }, decided);
  const audit = { ...entry, decision: 'masked' as const, facts: { ...entry.facts, roster: sum.roster } };
  const masked = { roster, seed, sum, header, body: { bytes, hash }, cells };
  await sums.mask({ taskId: granted.task.taskId, attempt: sum.attempt }, masked, audit);
}

export interface ToOpen {
  readonly answer: SealedAnswer;
  readonly masked: MaskedAttempt;
  readonly secret: SumSecret;
  readonly receipt: string;
  readonly step: Extract<SumStep, { step: 'open' }>;
}

/** Marks the cells opened and reveals the seed, in one transaction with the entry. @throws Refusal MEMBERS_INVALID, REPLAYED, and of the evaluator */
export async function openTogether(
  toOpen: ToOpen,
  { self, book }: TogetherLedgerDeps,
  signal: AbortSignal,
): Promise<Recorded | 'repeated'> {
  const { answer, masked, receipt } = toOpen;
  const facts = openSealedAnswer(answer);
  const { granted } = facts;
  const { members, attempt } = masked.sum;
  const { taskId } = granted.task;
  const opening = await signOpening(toOpen, granted, self);
  const said = {
    receipt: Receipt.parse(unverified(receipt)),
    release: ReleaseHeader.parse(unverified(masked.header)),
  };
  signal.throwIfAborted();
  const { id: dataset, epoch } = granted.own.dataset;
  const entered = await book.release({
    ...{ task: granted.identity, key: granted.key, covered: null, answer, receipt, header: masked.header },
    asked: granted.question.asked,
    opening: { taskId, attempt, dataset, epoch, cells: masked.cells, members, opening },
    audit(policy) {
      const entry = releaseEntry(facts, said, decideAt('P3', granted.question, { self, policy, roster: members }));
      return { ...entry, facts: { ...entry.facts, roster: masked.sum.roster, opening: contentHash(opening) } };
    },
  });
  if (entered === 'repeated') return entered;
  if (entered === 'replayed') throw replayed();
  if (entered !== 'recorded') throw openedOtherwise();
  return releasedTogether();
}

/** After opening: the same again, or with shares of members that were lost since. */
export async function openAgain(toOpen: ToOpen, granted: GrantedFacts, { self, sums }: TogetherLedgerDeps) {
  const name = { taskId: granted.task.taskId, attempt: toOpen.masked.sum.attempt };
  const opening = toOpen.step.recover.length === 0 ? undefined : await signOpening(toOpen, granted, self);
  await sums.openAgain(name, opening);
}

async function signOpening({ masked, secret, step }: ToOpen, { task }: GrantedFacts, self: Self) {
  const { attempt: _, ...base } = receiptBase(task, self);
  const opening: Opening = {
    ...base,
    attempt: masked.sum.attempt,
    roster: masked.sum.roster,
    seed: masked.seed,
    shares: sharesOf(masked, secret, step, self),
    // The same opening is the same message.
    iat: task.iat,
  };
  return self.signer.sign('revier-opening+jws', opening);
}

/** A share that does not open is of no use to anybody. */
function sharesOf(
  { roster }: MaskedAttempt,
  secret: SumSecret,
  { recover }: ToOpen['step'],
  { participant }: Self,
): Opening['shares'] {
  return Object.fromEntries(
    recover.flatMap(({ member, share }) => {
      if (member === participant || !roster.keys.has(member)) return [];
      try {
        const { x, y } = unsealShare(member, share, { member: participant, secret, roster });
        return [[member, { x, y: seedText(y) }]];
      } catch {
        return [];
      }
    }),
  );
}

export const openedOtherwise = () =>
  invalid('/sum', 'A cell of this table was opened with other members before; it can change with the next data epoch.');
