/** The answer put together: figures, who gave them, what they cover and what they mean. Pure. */
import type { Merged, Plan, Vocabulary } from '@revier/core';
import { Answer, type CompactJws, type HolderAnswer, type SecureSumNote } from '@revier/schema';
import type { QueryRecord, TaskRecord } from '../query-ports.ts';
import { sentencesOf } from './sentences.ts';

export interface AnswerParts {
  readonly query: QueryRecord;
  readonly plan: Plan;
  readonly vocabulary: Vocabulary;
  /** Null when the releases could not be merged. */
  readonly merged: Merged | null;
  /** Milliseconds since the epoch. */
  readonly answered: number;
  /** Of those that answered together. */
  readonly secureSum?: SecureSumNote | undefined;
}

const NOTHING: Merged = { dimensions: [], measures: [], cells: [], coverage: { areas: [], years: [], excluded: [] } };

export function composeAnswer(parts: AnswerParts): Answer {
  const { query, plan, vocabulary } = parts;
  const { dimensions, measures, cells, coverage } = parts.merged ?? NOTHING;
  const holders = query.progress.tasks.map((task) => holderAnswer(task, vocabulary));
  const state = stateOf(parts);
  const synthetic = query.progress.tasks.some(({ release }) => release?.header.synthetic === true);
  return Answer.parse({
    queryId: query.queryId,
    submissionId: query.submissionId,
    questionHash: query.questionHash,
    realm: query.envelope.realm,
    synthetic,
    state,
    register: plan.question.register,
    question: plan.question,
    catalogue: plan.catalogue,
    dimensions,
    measures,
    cells,
    holders,
    coverage,
    ...(parts.secureSum === undefined ? {} : { secureSum: parts.secureSum }),
    sentences: sentencesOf({ ...parts, holders, state, synthetic }),
    asked: new Date(query.asked).toISOString(),
    answered: new Date(parts.answered).toISOString(),
  });
}

/** Whatever was not merged, or has no outcome of its own, has failed. */
function stateOf({ merged, query }: AnswerParts): Answer['state'] {
  const { outcome } = query.progress;
  return merged === null || outcome === null || outcome === 'cancelled' ? 'failed' : outcome;
}

function holderAnswer(task: TaskRecord, vocabulary: Vocabulary): HolderAnswer {
  const { holder, dataset, status, release, reasons } = task;
  const name = vocabulary.datasets.find(({ id }) => id === dataset)?.holderName ?? holder;
  if (release !== null) {
    const { mode, minCellSize, perturbation, asOf } = release.header;
    const rule = {
      ...(minCellSize === undefined ? {} : { minCellSize }),
      ...(perturbation === undefined ? {} : { perturbation }),
    };
    return { holder, name, dataset, status: 'answered', mode, ...rule, asOf, reasons: [], release: release.jws };
  }
  const receipt = refusalOf(task);
  const absence = {
    holder,
    name,
    dataset,
    status: isPending(task) ? ('pending' as const) : absences[status],
    reasons: [...reasons],
  };
  const { statement } = task;
  return { ...absence, ...(receipt === null ? {} : { receipt }), ...(statement === undefined ? {} : { statement }) };
}

/** The signed receipt that says no; one that said yes proves nothing about an answer without the part. */
export const refusalOf = ({ status, receipt }: TaskRecord): CompactJws | null =>
  status === 'refused' ? receipt : null;

/** In a secure sum whoever has accepted may only have waited for another; elsewhere one that was never asked. */
export const isPending = ({ mode, status, receipt }: TaskRecord): boolean =>
  status === 'planned' || (mode === 'F' && status === 'missed' && receipt !== null);

const absences = {
  planned: 'pending',
  waiting: 'offline',
  accepted: 'offline',
  missed: 'offline',
  refused: 'refused',
  released: 'offline',
  assessed: 'offline',
} as const satisfies Record<TaskRecord['status'], HolderAnswer['status']>;
