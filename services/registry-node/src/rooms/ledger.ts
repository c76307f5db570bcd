/** The ledger: audit entry, answer and messages in one transaction; no entry, no release. */
import { contentHash } from '@revier/core';
import {
  AppError,
  type Assessment,
  type ParticipantId,
  type Reason,
  type Receipt,
  type ReleaseHeader,
  type Task,
} from '@revier/schema';
import type { Conclusion } from '../observer.ts';
import type { AuditEntry, Book, DroppedRelease, Self } from '../ports.ts';
import { type Decided, decideAt } from './checkpoints.ts';
import { basisFacts, type DecisionBasis } from './decision-basis.ts';
import type { KnownSubmission } from './gate.ts';
import { coverageChanged, type GrantedFacts } from './guard.ts';
import { Refusal, STOPPED } from './refusal.ts';
import { openSealedAnswer, type SealedAnswer, type SealedFacts } from './sieve.ts';

export interface LedgerDeps {
  readonly self: Self;
  readonly book: Book;
}

/** The end of a task: it stands in the book. Only the ledger makes one. */
class Recorded {
  readonly #decision: Conclusion['decision'];
  readonly codes: readonly string[];
  readonly mode: SealedFacts['mode'] | null;

  constructor(decision: Conclusion['decision'], codes: readonly string[], mode: Recorded['mode'] = null) {
    this.#decision = decision;
    this.codes = codes;
    this.mode = mode;
  }

  get decision(): Conclusion['decision'] {
    return this.#decision;
  }
}

export type { Recorded };

/** For the ledger of secure sums, whose end is a release too. */
export const releasedTogether = (): Recorded => new Recorded('released', [], 'F');

/** Decides once more. @throws Refusal COVERAGE_CHANGED, REPLAYED when another task was faster, and every code of the evaluator */
export async function release(
  answer: SealedAnswer,
  { self, book }: LedgerDeps,
  signal: AbortSignal,
  roster?: readonly ParticipantId[],
): Promise<Recorded | 'repeated'> {
  const facts = openSealedAnswer(answer);
  const { granted } = facts;
  const said = { receipt: acceptance(granted, self), release: headerOf(facts, self) };
  const receipt = await self.signer.sign('revier-receipt+jws', said.receipt);
  const header = await self.signer.sign('revier-release+jws', said.release);
  // The last moment at which a stopped node can still keep everything to itself.
  signal.throwIfAborted();
  const entered = await book.release({
    task: granted.identity,
    key: granted.key,
    covered: granted.sticks,
    answer,
    receipt,
    header,
    asked: granted.question.asked,
    audit: (policy) =>
      releaseEntry(
        facts,
        said,
        decideAt('P3', granted.question, { self, policy, ...(roster === undefined ? {} : { roster }) }),
      ),
  });
  if (entered === 'repeated') return entered;
  if (entered === 'replayed') throw replayed();
  if (entered !== 'recorded') throw coverageChanged();
  return new Recorded('released', [], facts.mode);
}

export const replayed = (): Refusal =>
  Refusal.because('REPLAYED', '/jti', 'This submission has been answered under another task.');

/** Why, and what the evaluator was given if it came so far. */
export interface Refused {
  readonly reasons: readonly Reason[];
  readonly basis: DecisionBasis | null;
}

/** @param submission null when the researcher's signature could not be established */
export async function refuse(
  task: Task,
  submission: KnownSubmission | null,
  { reasons, basis }: Refused,
  { self, book }: LedgerDeps,
): Promise<Recorded> {
  const said = refusalReceipt(task, reasons, self);
  const receipt = await self.signer.sign('revier-receipt+jws', said);
  const codes = [...new Set(reasons.map(({ code }) => code))];
  // A replay must not overwrite what is remembered of the first.
  const remembered = submission !== null && !codes.includes('REPLAYED');
  await book.refuse({
    task: remembered ? submission.identity : null,
    taskId: task.taskId,
    receipt,
    audit: {
      decision: 'refused',
      codes,
      facts: { ...submissionFacts(task, submission), ...basisFacts(basis), receipt: contentHash(said) },
      person: submission?.person ?? null,
      ...(basis === null ? {} : { snapshots: basis.snapshots }),
    },
  });
  return new Recorded('refused', codes);
}

/** Of a dry run: what would be decided, signed and entered; nothing is charged, and nothing stands for an answer. */
export async function assess(
  task: Task,
  submission: KnownSubmission,
  assessment: Assessment,
  { self, book }: LedgerDeps,
): Promise<Recorded> {
  const said: Receipt = { ...receiptBase(task, self), decision: 'assessed', assessment };
  const receipt = await self.signer.sign('revier-receipt+jws', said);
  const codes = [...new Set(assessment.reasons.map(({ code }) => code))];
  await book.assess({
    task: submission.identity,
    taskId: task.taskId,
    receipt,
    audit: {
      decision: 'assessed',
      codes,
      facts: {
        ...submissionFacts(task, submission),
        agreement: assessment.agreement,
        table: assessment.table,
        receipt: contentHash(said),
      },
      person: submission.person,
    },
  });
  return new Recorded('assessed', codes);
}

/** What has not left when a node is stopped never will; the broker hears so. */
export async function dropReleases({ self, book }: LedgerDeps): Promise<void> {
  await refuseDropped(await book.dropPending(), [STOPPED], { self, book });
}

/** What was kept back is refused instead, with the reason. */
export async function refuseDropped(
  releases: readonly DroppedRelease[],
  reasons: readonly Reason[],
  { self, book }: LedgerDeps,
): Promise<void> {
  const codes = [...new Set(reasons.map(({ code }) => code))];
  for (const dropped of releases) {
    const { taskId, submissionId, dataset, stage } = dropped;
    const said = refusalReceipt(dropped, reasons, self);
    await book.refuse({
      task: null,
      taskId,
      receipt: await self.signer.sign('revier-receipt+jws', said),
      audit: {
        decision: 'stopped',
        codes,
        facts: { task: taskId, submission: submissionId, dataset, stage, receipt: contentHash(said) },
        person: null,
      },
    });
  }
}

const seconds = ({ now }: Self): number => Math.floor(now() / 1000);

type Answered = Pick<Task, 'taskId' | 'submissionId' | 'attempt'>;

export const receiptBase = ({ taskId, submissionId, attempt }: Answered, self: Self) => ({
  taskId,
  submissionId,
  iss: self.participant,
  aud: self.broker,
  realm: self.realm,
  attempt,
  iat: seconds(self),
});

export const acceptance = (
  { task, agreement, own }: GrantedFacts,
  self: Self,
): Extract<Receipt, { decision: 'accepted' }> => ({
  ...receiptBase(task, self),
  decision: 'accepted',
  agreement,
  table: own.tableHash,
});

const refusalReceipt = (task: Answered, reasons: readonly Reason[], self: Self): Receipt => ({
  ...receiptBase(task, self),
  decision: 'refused',
  reasons: reasons.slice(0, 20),
});

export function headerOf({ granted, mode, bytes, hash, sum }: SealedFacts, self: Self): ReleaseHeader {
  const { task, plan, own, agreement, minCellSize, cellKeys } = granted;
  return {
    taskId: task.taskId,
    submissionId: task.submissionId,
    questionHash: plan.questionHash,
    iss: self.participant,
    aud: self.broker,
    realm: self.realm,
    synthetic: own.dataset.synthetic,
    dataset: own.dataset.id,
    epoch: own.dataset.epoch,
    asOf: own.dataset.asOf,
    agreement,
    table: own.tableHash,
    mode,
    ...(minCellSize === null ? {} : { minCellSize }),
    ...(cellKeys === null ? {} : { perturbation: cellKeys.perturbation }),
    ...(sum === undefined ? {} : { sum }),
    body: hash,
    bytes: bytes.length,
    iat: seconds(self),
  };
}

/** Receipt and release are entered by their hashes: whoever has either can show that it stands in the log. */
export function releaseEntry(
  { granted, mode, hash }: SealedFacts,
  said: { readonly receipt: Receipt; readonly release: ReleaseHeader },
  { basis, ...last }: Decided,
): AuditEntry {
  const { task, plan, own, minCellSize, sticks, person } = granted;
  // What was sealed was sealed from this threshold on, and no other decision covers it.
  if (last.minCellSize !== minCellSize) throw new AppError('INTERNAL', { detail: 'Two decisions do not fit.' });
  return {
    decision: 'released',
    codes: [],
    facts: {
      ...submissionFacts(task, granted),
      ...basisFacts(basis),
      question: plan.questionHash,
      table: own.tableHash,
      epoch: own.dataset.epoch,
      mode,
      minCellSize,
      coverage: sticks?.digest ?? null,
      body: hash,
      receipt: contentHash(said.receipt),
      release: contentHash(said.release),
    },
    person,
    snapshots: basis.snapshots,
  };
}

const submissionFacts = (task: Task, submission: KnownSubmission | null): AuditEntry['facts'] => ({
  task: task.taskId,
  submission: task.submissionId,
  dataset: task.dataset,
  stage: task.stage,
  register: submission?.envelope.question.register ?? null,
  purpose: submission?.envelope.question.purpose ?? null,
  dataUser: submission?.dataUser ?? null,
  roles: submission?.roles.join(' ') ?? null,
});
