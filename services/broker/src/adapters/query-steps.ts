/** Steps of queries: all that has been said of one query meanwhile is decided in turn, and kept in one statement. */
import type { Kysely } from 'kysely';
import type { BrokerTables } from '../db/tables.ts';
import { advanceAll, type Happening, type Turn } from '../progress/advance-all.ts';
import type { Message, QueryStore, StepTaken } from '../query-ports.ts';
import { inBatches } from './in-batches.ts';
import { saveStep } from './save-step.ts';
import { readStanding, type Standings } from './standings.ts';

type Db = Kysely<BrokerTables>;

interface Wish extends Happening {
  readonly message: Message | undefined;
}

type StepAt = (place: number) => StepTaken | undefined;

export function querySteps(db: Db, standings: Standings): QueryStore['step'] {
  const stepping = new Map<string, { readonly take: (wish: Wish) => Promise<StepTaken | undefined>; wishes: number }>();
  return async (queryId, event, now, message) => {
    const take = inBatches<Wish, StepTaken | undefined>((wishes) => stepAll(db, standings, queryId, wishes));
    const query = stepping.get(queryId) ?? { take, wishes: 0 };
    stepping.set(queryId, query);
    query.wishes += 1;
    try {
      return await query.take({ event, now, message });
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
    const { progress, turns } = advanceAll(standing.progress, wishes);
    const isSame = progress === standing.progress;
    if (isSame && remembered !== undefined) continue;
    const now = Math.max(...wishes.map((wish) => wish.now));
    const messages = messagesThatCount(wishes, turns);
    if (!isSame && !(await saveStep(db, { queryId, before: standing, progress, now, messages }))) continue;
    standings.keep(queryId, { steps: standing.steps + (isSame ? 0 : 1), progress });
    return (place) => {
      const turn = turns[place];
      return turn && { ...turn, progress };
    };
  }
}

/** Of one kind about one task the last that has moved it. */
function messagesThatCount(wishes: readonly Wish[], turns: readonly Turn[]): Message[] {
  const counted = wishes.flatMap(({ message }, at) =>
    message !== undefined && turns[at]?.moved.some(({ taskId }) => taskId === message.taskId) === true ? [message] : [],
  );
  return [...new Map(counted.map((message) => [`${message.kind} ${message.taskId}`, message])).values()];
}
