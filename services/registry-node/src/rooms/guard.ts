/** The guard: this node's own agreement, its tables and the floor decide; nothing that travelled can widen them. */
import {
  type Decision,
  evaluate,
  type PolicyInput,
  type PreparedTable,
  policyRequest,
  prepareTable,
} from '@revier/core';
import type { Sha256 } from '@revier/schema';
import type { Agreements, AnswerKey, Book, Covered, Self } from '../ports.ts';
import { coverageDigest, type RateBases, rateBases } from './coverage.ts';
import { basisOf, type DecisionBasis } from './decision-basis.ts';
import { openVerifiedTask, type PlannedFacts, type VerifiedFacts, type VerifiedTask } from './gate.ts';
import { policyState } from './policy-state.ts';
import { Refusal, refusing } from './refusal.ts';
import { versionsOf } from './versions.ts';

export interface GuardDeps {
  readonly self: Self;
  readonly agreements: Pick<Agreements, 'find'>;
  readonly book: Pick<Book, 'covered'>;
}

export interface GrantedFacts extends VerifiedFacts {
  readonly agreement: Sha256;
  readonly basis: DecisionBasis;
  /** Persons; null for exact figures of a public dataset. */
  readonly minCellSize: number | null;
  readonly prepared: PreparedTable;
  readonly rates: RateBases;
  readonly sticks: Covered | null;
  readonly key: AnswerKey;
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

/** @throws Refusal NOT_AGREED, COVERAGE_CHANGED, and every code of the evaluator */
export async function grant(verified: VerifiedTask, deps: GuardDeps): Promise<Granted> {
  const facts = openVerifiedTask(verified);
  const { own, vocabulary, covered } = facts;
  const prepared = await refusing('QUESTION_INVALID', '/question', () => prepareTable(own, vocabulary, covered));
  const { agreement, minCellSize, basis } = await decide(facts, prepared, deps);
  const rates = await refusing('QUESTION_INVALID', '/question', () => rateBases(facts));
  const sticks = coverageDigest(facts, rates);
  await assertSameCoverage(sticks, deps.book);
  const key: AnswerKey = {
    dataset: own.dataset.id,
    epoch: own.dataset.epoch,
    table: own.tableHash,
    minCellSize: minCellSize ?? 0,
    versions: versionsOf(own, vocabulary.catalogue),
  };
  return new Granted({ ...facts, agreement, basis, minCellSize, prepared, rates, sticks, key });
}

async function decide(
  facts: VerifiedFacts,
  prepared: PreparedTable,
  deps: DecisionDeps,
): Promise<{ agreement: Sha256; minCellSize: number | null; basis: DecisionBasis }> {
  const { decision, input } = await decisionOn(facts, cellsOf(prepared, facts.own.table.margins), deps);
  const basis = basisOf(input, facts);
  if (decision.decision === 'deny') throw new Refusal(decision.reasons, undefined, basis);
  return { agreement: decision.agreementHash, minCellSize: decision.minCellSize, basis };
}

export type DecisionDeps = Omit<GuardDeps, 'book'>;

/** What the evaluator is given, and what it says: of a query, and of a dry run that is never charged. @throws Refusal NOT_AGREED */
export async function decisionOn(
  facts: PlannedFacts,
  cells: number,
  { self, agreements }: DecisionDeps,
): Promise<{ readonly input: PolicyInput; readonly decision: Decision }> {
  const { register, purpose } = facts.plan.question;
  const stored = await agreements.find(register, facts.own.dataset.id);
  if (stored === undefined || !facts.envelope.agreements.includes(stored.hash))
    throw Refusal.because(
      'NOT_AGREED',
      '/agreements',
      'The query does not name the agreement in force for this register and dataset.',
    );
  const input: PolicyInput = {
    checkpoint: 'P1',
    agreement: stored.agreement,
    floor: self.floor,
    request: policyRequest(facts.own, facts.vocabulary, {
      agreement: stored.hash,
      dataUser: facts.dataUser,
      realm: self.realm,
      register,
      purposes: [purpose],
      action: 'rv:aggregate',
      attestation: 'user',
      cells,
      minCellSize: null,
    }),
    state: policyState(facts, self, stored.agreement),
  };
  return { input, decision: evaluate(input) };
}

/** Cells that the table can have. */
export const cellsOf = ({ domain }: PreparedTable, margins: boolean): number =>
  domain.reduce((product, codes) => product * (codes.length + (margins ? 1 : 0)), 1);

/** Two answers over areas that differ by a few could be subtracted: the first set of an epoch stays. */
async function assertSameCoverage(sticks: Covered | null, book: GuardDeps['book']): Promise<void> {
  if (sticks === null) return;
  const first = await book.covered(sticks);
  if (first !== undefined && first !== sticks.digest) throw coverageChanged();
}

export const coverageChanged = (): Refusal =>
  Refusal.because(
    'COVERAGE_CHANGED',
    '/evidence',
    'This table was answered over other areas or populations before; it can change with the next data epoch.',
  );
