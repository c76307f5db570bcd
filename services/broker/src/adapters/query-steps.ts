/** Steps of queries: all that has been said of one query meanwhile is decided in turn, and kept in one statement. */
import type { Kysely } from 'kysely';
import type { BrokerTables } from '../db/tables.ts';
import type { Progress, Step } from '../progress/advance.ts';
import type { Message, QueryStore } from '../query-ports.ts';
import { inBatches } from './in-batches.ts';
import { saveStep } from './save-step.ts';
import { readStanding, type Standings } from './standings.ts';

type Db = Kysely<BrokerTables>;

interface Wish {
  readonly decide: (progress: Progress) => Step;
  readonly now: number;
  readonly message: Message | undefined;
}

type StepAt = (place: number) => Step | undefined;

export function querySteps(db: Db, standings: Standings): QueryStore['step'] {
  const stepping = new Map<string, { readonly take: (wish: Wish) => Promise<Step | undefined>; wishes: number }>();
  return async (queryId, decide, now, message) => {
    const take = inBatches<Wish, Step | undefined>((wishes) => stepAll(db, standings, queryId, wishes));
    const query = stepping.get(queryId) ?? { take, wishes: 0 };
    stepping.set(queryId, query);
    query.wishes += 1;
    try {
      return await query.take({ decide, now, message });
    } finally {
      query.wishes -= 1;
      if (query.wishes === 0) stepping.delete(queryId);
    }
  };
}

/**
 * Decided from what this process remembers, which saves reading it. Another process may know more: the records keep a
 * step only from where the query really stands, and where there is nothing to keep, they are asked.
 */
async function stepAll(db: Db, standings: Standings, queryId: string, wishes: readonly Wish[]): Promise<StepAt> {
  for (let remembered = standings.known(queryId); ; remembered = undefined) {
    const standing = remembered ?? (await readStanding(db, queryId));
    if (standing === undefined) return () => undefined;
    const { steps, progress, messages } = decideAll(standing.progress, wishes);
    const isSame = progress === standing.progress;
    if (isSame && remembered !== undefined) continue;
    const now = Math.max(...wishes.map((wish) => wish.now));
    if (!isSame && !(await saveStep(db, { queryId, before: standing, progress, now, messages }))) continue;
    standings.keep(queryId, { steps: standing.steps + (isSame ? 0 : 1), progress });
    return (place) => steps[place];
  }
}

interface Decided {
  readonly steps: readonly Step[];
  readonly progress: Progress;
  readonly messages: readonly Message[];
}

function decideAll(before: Progress, wishes: readonly Wish[]): Decided {
  let progress = before;
  const messages = new Map<string, Message>();
  const places = new Map(before.tasks.map(({ taskId }, at) => [taskId, at]));
  const steps = wishes.map(({ decide, message }) => {
    const step = decide(progress);
    const at = message === undefined ? undefined : places.get(message.taskId);
    if (message !== undefined && at !== undefined && progress.tasks[at]?.status !== step.progress.tasks[at]?.status)
      messages.set(`${message.kind} ${message.taskId}`, message);
    progress = step.progress;
    return step;
  });
  return { steps, progress, messages: [...messages.values()] };
}
