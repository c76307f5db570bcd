/** The counter: state and answer of a query, for the person who asked it and for nobody else. */
import { Answer, AppError, type CompactJws, type QueryList, type QueryState } from '@revier/schema';
import type { QueryAction } from '../access/actions.ts';
import type { Principal } from '../access/principal.ts';
import { trailOf } from '../observer.ts';
import type { Broker } from '../ports.ts';
import type { QueryRecord, QueryStanding, QuerySummary } from '../query-ports.ts';
import { queryTopic } from '../topics.ts';
import { type Patience, waitFor } from './wait-for.ts';

/** @throws AppError NOT_FOUND, also for whoever may not do that with it: whether there is one is its owner's to know */
export async function readQuery(
  { queries, decide }: Broker,
  principal: Principal,
  action: QueryAction,
  queryId: string,
): Promise<QueryRecord> {
  const query = await queries.find(queryId);
  if (query === undefined || !decide(principal, { action, owner: query.person })) throw new AppError('NOT_FOUND');
  return query;
}

export interface ReadAnswer {
  /** RFC 8785 text, as it was signed. */
  readonly text: string;
  readonly answer: Answer;
  readonly result: CompactJws;
}

/** @throws AppError NOT_FOUND, also when there is no answer in time, or never will be */
export async function readAnswer(
  broker: Broker,
  principal: Principal,
  action: QueryAction,
  queryId: string,
  patience: Patience,
): Promise<ReadAnswer> {
  const { dryRun } = await readQuery(broker, principal, action, queryId);
  if (dryRun) throw new AppError('NOT_FOUND', { detail: 'A dry run has no answer; its result is at …/dry-run.' });
  const found = await awaitAnswer(broker, queryId, patience);
  if (found !== undefined) return found;
  const ended = await broker.queries.isAnswered(queryId);
  throw new AppError('NOT_FOUND', { detail: ended ? 'The query was cancelled.' : 'The query has no answer yet.' });
}

/** Undefined when there is none in time, or never will be. */
export async function awaitAnswer(
  broker: Broker,
  queryId: string,
  patience: Patience,
): Promise<ReadAnswer | undefined> {
  const look = async (): Promise<ReadAnswer | null | undefined> =>
    (await broker.queries.isAnswered(queryId)) ? ((await answerNow(broker, queryId)) ?? null) : undefined;
  return (await waitFor(broker.wakes, queryTopic(queryId), look, patience)) ?? undefined;
}

function answerNow(broker: Broker, queryId: string): Promise<ReadAnswer | undefined> {
  const trail = (found: ReadAnswer | undefined) => (found === undefined ? null : trailOf(found.answer));
  return broker.observer.step('counter', trail, async () => {
    const stored = await broker.queries.answer(queryId);
    return stored && { text: stored.answer, answer: Answer.parse(JSON.parse(stored.answer)), result: stored.result };
  });
}

export function stateOf({ queryId, submissionId, progress, answered, dryRun }: QueryStanding): QueryState {
  const count = (status: string): number => progress.tasks.filter((task) => task.status === status).length;
  const [answers, refusals] = [count('released') + count('assessed'), count('refused')];
  const moved = progress.tasks.some(({ status }) => status !== 'waiting' && status !== 'planned');
  return {
    queryId,
    submissionId,
    state: answered && progress.outcome !== null ? progress.outcome : moved ? 'running' : 'accepted',
    progress: {
      tasks: progress.tasks.length,
      answered: answers,
      refused: refusals,
      waiting: progress.tasks.length - answers - refusals,
    },
    deadline: new Date(progress.ends).toISOString(),
    ...(dryRun ? { dryRun } : {}),
  };
}

/** Looked up each time: a withdrawal comes when it comes. */
export async function withWithdrawals({ withdrawals }: Broker, state: QueryState): Promise<QueryState> {
  const withdrawn = await withdrawals.of(state.submissionId);
  return withdrawn.length === 0 ? state : { ...state, withdrawn: [...withdrawn] };
}

export const summaryOf = (query: QuerySummary): QueryList['queries'][number] => ({
  ...stateOf(query),
  register: query.register,
  questionHash: query.questionHash,
  asked: new Date(query.asked).toISOString(),
});

export const isEnded = ({ state }: QueryState): boolean => state !== 'accepted' && state !== 'running';
