/** A dry run at the node: gate and guard as for a query, and then no further. Nothing is read, nothing charged, nothing answered. */
import { openAgreement, prepareTable } from '@revier/core';
import type { Assessment, Task } from '@revier/schema';
import type { Book } from '../ports.ts';
import type { Allowance } from '../rooms/allowance.ts';
import { assessmentOf, refusalForeseen } from '../rooms/assessment.ts';
import { type GateDeps, type KnownSubmission, type PlannedFacts, planOwn } from '../rooms/gate.ts';
import { answerKey, cellsOf, type DecisionDeps, decisionOn } from '../rooms/guard.ts';
import { assess, type LedgerDeps, type Recorded } from '../rooms/ledger.ts';
import { cellKeysFor } from '../rooms/protection.ts';
import { Refusal, refusing, sealed } from '../rooms/refusal.ts';

export interface AssessDeps extends Omit<GateDeps, 'bodies'>, DecisionDeps, LedgerDeps {
  readonly book: Book;
  readonly dryRuns: Allowance;
  readonly isSealed: (epoch: { readonly dataset: string; readonly epoch: string }) => Promise<boolean>;
}

/** @throws Refusal for what is no question to this node: it would be refused, and so is the dry run */
export async function assessTask(
  task: Task,
  submission: KnownSubmission,
  deps: AssessDeps,
  signal: AbortSignal,
): Promise<Recorded> {
  if (!deps.dryRuns.take(submission.person))
    throw Refusal.because('QUOTA', '', 'Too many dry runs of one person; try again in a minute.');
  const planned = await planOwn(task, submission, deps, signal);
  const assessment = await assessed(planned, deps);
  signal.throwIfAborted();
  return assess(task, submission, assessment, deps);
}

async function assessed(planned: PlannedFacts, deps: AssessDeps): Promise<Assessment> {
  const { own, vocabulary } = planned;
  // No populations have travelled yet: as many cells as it can have at most.
  const anywhere = { ...own, table: { ...own.table, coverage: [] } };
  const prepared = await refusing('QUESTION_INVALID', '/question', () => prepareTable(anywhere, vocabulary, null));
  const cells = cellsOf(prepared, own.table.margins);
  try {
    const { input, decision } = await decisionOn(planned, cells, deps);
    const key =
      decision.decision === 'deny'
        ? undefined
        : answerKey(planned, decision.minCellSize, cellKeysFor(own, deps.self.floor));
    const kept = key && (await deps.book.kept(key));
    if (key !== undefined && kept === undefined && (await deps.isSealed(key))) throw sealed();
    // A document that is no agreement permits nothing.
    const permissions = decision.agreementHash === null ? [] : openAgreement(input.agreement).agreement.permission;
    return assessmentOf(planned, { input, decision, permissions }, kept);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refusalForeseen(planned, cells, error.reasons);
  }
}
