/** The checkpoints: the same question is decided when it is accepted, before SQL, and before its figures leave; each time as of now. */
import { type Decision, evaluate, floorForModel, type PolicyInput, type PolicyRequest } from '@revier/core';
import type { ParticipantId, Sha256 } from '@revier/schema';
import type { Accounts, AskedUnder, PolicyFacts } from '../policy-ports.ts';
import type { Self } from '../ports.ts';
import { basisOf, type DecisionBasis } from './decision-basis.ts';
import type { PlannedFacts } from './gate.ts';
import { policyState } from './policy-state.ts';
import { Refusal } from './refusal.ts';

/** What is decided about: who asks for which table under which agreement. */
export interface PolicyQuestion {
  readonly facts: Pick<PlannedFacts, 'dataUser' | 'roles' | 'plan' | 'own'>;
  readonly request: PolicyRequest;
  readonly asked: AskedUnder;
}

export interface Decided {
  readonly agreement: Sha256;
  /** Persons; null for exact figures of a public dataset. */
  readonly minCellSize: number | null;
  readonly basis: DecisionBasis;
}

/** `policy` is undefined where no such agreement was concluded; `cost` in cells, of the whole table when left out. */
export interface AsOfNow {
  readonly self: Self;
  readonly policy: PolicyFacts | undefined;
  readonly cost?: number;
  /** Holders that answer together, once they are known. */
  readonly roster?: readonly ParticipantId[];
}

/** What the evaluator is given, and what it says. Pure, but for the clock. @throws Refusal NOT_AGREED */
export function judgeAt(
  checkpoint: 'P1' | 'P2' | 'P3',
  { facts, request }: PolicyQuestion,
  { self, policy, cost, roster }: AsOfNow,
): { readonly input: PolicyInput; readonly decision: Decision } {
  if (policy === undefined) throw notAgreed();
  const input: PolicyInput = {
    checkpoint,
    agreement: policy.stored.agreement,
    floor: floorForModel(self.floor, facts.own.model),
    request,
    state: {
      ...policyState(facts, self, policy, cost ?? policy.charged ?? request.cells),
      roster: roster === undefined ? null : [...roster],
    },
  };
  return { input, decision: evaluate(input) };
}

/** @throws Refusal with every code of the evaluator, and with what it was decided from */
export function decideAt(checkpoint: 'P1' | 'P2' | 'P3', question: PolicyQuestion, now: AsOfNow): Decided {
  const { input, decision } = judgeAt(checkpoint, question, now);
  const basis = basisOf(input, question.facts);
  if (decision.decision === 'deny') throw new Refusal(decision.reasons, undefined, basis);
  return { agreement: decision.agreementHash, minCellSize: decision.minCellSize, basis };
}

export const notAgreed = (): Refusal =>
  Refusal.because(
    'NOT_AGREED',
    '/agreements',
    'The query does not name one agreement that was concluded here for this register and dataset.',
  );

/** Right before SQL: what was revoked or has ended since is not read any more. @throws Refusal */
export async function confirmBeforeSql(
  question: PolicyQuestion,
  { self, accounts }: { readonly self: Self; readonly accounts: Pick<Accounts, 'facts'> },
): Promise<void> {
  decideAt('P2', question, { self, policy: await accounts.facts(question.asked) });
}
