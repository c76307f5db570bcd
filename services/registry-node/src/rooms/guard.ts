/** The guard: this node's own agreement, its tables and the floor decide; nothing that travelled can widen them. */
import {
  type CellKeyRules,
  type Decision,
  type PolicyInput,
  type PolicyRequest,
  type PreparedTable,
  policyRequest,
  prepareTable,
} from '@revier/core';
import type { Sha256 } from '@revier/schema';
import type { Accounts, Agreements, ChargeToEnter, StoredAgreement } from '../policy-ports.ts';
import type { AnswerKey, Book, Covered, Self } from '../ports.ts';
import { windowsOf } from './agreement-terms.ts';
import { type Decided, decideAt, judgeAt, notAgreed, type PolicyQuestion } from './checkpoints.ts';
import { coverageDigest, type RateBases, rateBases } from './coverage.ts';
import { basisFacts, type DecisionBasis } from './decision-basis.ts';
import type { FileAgreements } from './file-agreements.ts';
import { openVerifiedTask, type PlannedFacts, type VerifiedFacts, type VerifiedTask } from './gate.ts';
import { cellKeysFor, protect } from './protection.ts';
import { Refusal, refusing } from './refusal.ts';
import { versionsOf } from './versions.ts';

export interface GuardDeps {
  readonly self: Self;
  readonly agreements: Pick<Agreements, 'named'>;
  readonly accounts: Pick<Accounts, 'charge' | 'facts' | 'wasReleased'>;
  readonly book: Pick<Book, 'covered'>;
  readonly fileAgreements: FileAgreements;
}

export interface GrantedFacts extends VerifiedFacts {
  readonly agreement: Sha256;
  readonly basis: DecisionBasis;
  /** Persons; null for exact figures of a public dataset. */
  readonly minCellSize: number | null;
  /** Noise by cell keys; null for open data, and where counts are suppressed. */
  readonly cellKeys: CellKeyRules | null;
  readonly prepared: PreparedTable;
  readonly rates: RateBases;
  readonly sticks: Covered | null;
  readonly key: AnswerKey;
  /** To be decided again, before SQL and before anything leaves. */
  readonly question: PolicyQuestion;
}

/** Only the guard makes one. */
class Granted {
  readonly #facts: GrantedFacts;

  constructor(facts: GrantedFacts) {
    this.#facts = facts;
  }

  static open(granted: Granted): GrantedFacts {
    return granted.#facts;
  }
}

export type { Granted };

/** For the archive, and for the ledger that looks for an answer given before. */
export const openGranted = Granted.open;

/** Once granted, the question is charged. @throws Refusal NOT_AGREED, POLICY_INVALID, COVERAGE_CHANGED, and every code of the evaluator */
export async function grant(verified: VerifiedTask, deps: GuardDeps): Promise<Granted> {
  const facts = openVerifiedTask(verified);
  const { own, vocabulary, covered } = facts;
  const planned = await refusing('QUESTION_INVALID', '/question', () => prepareTable(own, vocabulary, covered));
  const cellKeys = cellKeysFor(own, deps.self.floor);
  const prepared = protect(planned, own, cellKeys);
  const stored = await namedAgreement(facts, deps.agreements);
  await deps.fileAgreements.assertSafe(stored, vocabulary);
  const question = questionOf(facts, cellsOf(prepared, own.table.margins), stored, deps.self);
  const rates = await refusing('QUESTION_INVALID', '/question', () => rateBases(facts));
  const sticks = coverageDigest(facts, rates);
  const hasChanged = await isOtherCoverage(sticks, deps.book);
  const keyOf = ({ minCellSize }: Pick<Decided, 'minCellSize'>) => answerKey(facts, minCellSize, cellKeys);
  const decided = await charge({ facts, question, keyOf, hasChanged }, deps);
  return new Granted({ ...facts, ...decided, cellKeys, prepared, rates, sticks, key: keyOf(decided), question });
}

export type DecisionDeps = Omit<GuardDeps, 'book'>;

/**
 * What the evaluator is given, and what it says, of a dry run: the same as of a query, and nothing is charged.
 * @throws Refusal NOT_AGREED, POLICY_INVALID
 */
export async function decisionOn(
  facts: PlannedFacts,
  cells: number,
  { self, agreements, accounts, fileAgreements }: DecisionDeps,
): Promise<{ readonly input: PolicyInput; readonly decision: Decision }> {
  const stored = await namedAgreement(facts, agreements);
  await fileAgreements.assertSafe(stored, facts.vocabulary);
  const question = questionOf(facts, cells, stored, self);
  const policy = await accounts.facts(question.asked);
  const free = judgeAt('P1', question, { self, policy, cost: 0 });
  if (free.decision.decision === 'deny') return free;
  const key = answerKey(facts, free.decision.minCellSize, cellKeysFor(facts.own, self.floor));
  const isFree = policy !== undefined && (await accounts.wasReleased(policy.stored.lineage, key));
  return isFree ? free : judgeAt('P1', question, { self, policy });
}

/** A query names one agreement for each dataset; whether that is in force is decided, not looked up. */
async function namedAgreement(
  { envelope, plan, own }: PlannedFacts,
  agreements: GuardDeps['agreements'],
): Promise<StoredAgreement> {
  const { register } = plan.question;
  const [stored, ...others] = await refusing('POLICY_INVALID', '', () =>
    agreements.named(envelope.agreements, register, own.dataset.id),
  );
  if (stored === undefined || others.length > 0) throw notAgreed();
  return stored;
}

function questionOf(
  facts: PlannedFacts,
  cells: number,
  { hash, agreement }: StoredAgreement,
  self: Self,
): PolicyQuestion {
  const { own, plan, vocabulary, dataUser, identity } = facts;
  const { register, purpose } = plan.question;
  const request: PolicyRequest = policyRequest(own, vocabulary, {
    ...{ agreement: hash, dataUser, realm: self.realm, register },
    purposes: [purpose],
    action: 'rv:aggregate',
    attestation: 'user',
    cells,
    minCellSize: null,
  });
  const { submissionId: submission, dataset } = identity;
  const asked = { agreement: hash, submission, dataset, now: self.now(), windows: windowsOf(agreement) };
  return { facts, request, asked };
}

/** Cells that the table can have. */
export const cellsOf = ({ domain }: PreparedTable, margins: boolean): number =>
  domain.reduce((product, codes) => product * (codes.length + (margins ? 1 : 0)), 1);

/** Under which this very table is answered, now as before. */
export const answerKey = (
  { own, vocabulary }: Pick<PlannedFacts, 'own' | 'vocabulary'>,
  minCellSize: number | null,
  cellKeys: CellKeyRules | null,
): AnswerKey => ({
  dataset: own.dataset.id,
  epoch: own.dataset.epoch,
  table: own.tableHash,
  minCellSize: minCellSize ?? 0,
  versions: versionsOf(own, vocabulary.catalogue, cellKeys),
});

interface ToCharge {
  readonly facts: VerifiedFacts;
  readonly question: PolicyQuestion;
  readonly keyOf: (decided: Decided) => AnswerKey;
  readonly hasChanged: boolean;
}

/** Decided and charged in one transaction; the very bytes that this lineage has had before cost no cells. What is refused costs nothing. */
async function charge(
  { facts, question, keyOf, hasChanged }: ToCharge,
  { self, accounts }: Pick<GuardDeps, 'self' | 'accounts'>,
): Promise<Decided> {
  let granted: Decided | undefined;
  await accounts.charge(question.asked, async (policy, wasReleased) => {
    const free = policy?.charged === null ? decideAt('P1', question, { self, policy, cost: 0 }) : undefined;
    const isFree = free !== undefined && (await wasReleased(keyOf(free)));
    granted = free !== undefined && isFree ? free : decideAt('P1', question, { self, policy });
    if (hasChanged) throw coverageChanged();
    return chargeOf(facts, granted, isFree ? 0 : question.request.cells, policy?.stored.lineage ?? granted.agreement);
  });
  if (granted === undefined) throw notAgreed();
  return granted;
}

const chargeOf = (
  { task, plan }: VerifiedFacts,
  { basis, minCellSize }: Decided,
  cells: number,
  lineage: Sha256,
): ChargeToEnter => ({
  cells,
  audit: {
    decision: 'charged',
    codes: [],
    facts: {
      ...basisFacts(basis),
      ...{ lineage, cells, minCellSize, submission: task.submissionId, dataset: task.dataset },
      question: plan.questionHash,
    },
    person: null,
    snapshots: basis.snapshots,
  },
});

/** Two answers over areas that differ by a few could be subtracted: the first set of an epoch stays. */
async function isOtherCoverage(sticks: Covered | null, book: GuardDeps['book']): Promise<boolean> {
  const first = sticks === null ? undefined : await book.covered(sticks);
  return first !== undefined && first !== sticks?.digest;
}

export const coverageChanged = (): Refusal =>
  Refusal.because(
    'COVERAGE_CHANGED',
    '/evidence',
    'This table was answered over other areas or populations before; it can change with the next data epoch.',
  );
