/** Many events of one query in turn: what `advance` makes of them one by one, without a look at a thousand tasks for each. Pure. */
import { advance, type Effect, type Event, isOpen, isSettled, type Progress, type TaskProgress } from './advance.ts';

export interface Happening {
  readonly event: Event;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What one event has done. */
export interface Turn<T extends TaskProgress = TaskProgress> {
  readonly effects: readonly Effect[];
  /** The tasks that it has moved, as they stand after it. */
  readonly moved: readonly T[];
}

export interface Turns<T extends TaskProgress = TaskProgress> {
  /** After the last of them; the same as before when nothing has changed. */
  readonly progress: Progress<T>;
  readonly turns: readonly Turn<T>[];
}

export function advanceAll<T extends TaskProgress>(before: Progress<T>, happenings: readonly Happening[]): Turns<T> {
  let board = layOut(before);
  const turns = happenings.map((happening) => {
    const noted = noteOnly(board, happening);
    if (noted !== undefined) return noted;
    const from = pickUp(board);
    const { progress, effects } = advance(from, happening.event, happening.now);
    board = layOut(progress);
    return { effects, moved: progress.tasks.filter(({ status }, at) => status !== from.tasks[at]?.status) };
  });
  return { progress: pickUp(board), turns };
}

/** Where the query stands, to be written on. */
interface Board<T extends TaskProgress> {
  readonly progress: Progress<T>;
  readonly tasks: T[];
  readonly places: ReadonlyMap<string, number>;
  /** Tasks that the stage waits for. */
  waitsFor: number;
  isChanged: boolean;
}

const layOut = <T extends TaskProgress>(progress: Progress<T>): Board<T> => ({
  progress,
  tasks: [...progress.tasks],
  places: new Map(progress.tasks.map(({ taskId }, at) => [taskId, at])),
  waitsFor: progress.tasks.filter((task) => task.stage <= progress.stage && !isSettled(task)).length,
  isChanged: false,
});

const pickUp = <T extends TaskProgress>({ progress, tasks, isChanged }: Board<T>): Progress<T> =>
  isChanged ? { ...progress, tasks: [...tasks] } : progress;

/** While the stage waits for others and there is time left, a word about one task changes that task and nothing else. */
function noteOnly<T extends TaskProgress>(board: Board<T>, { event, now }: Happening): Turn<T> | undefined {
  const { progress, tasks, places } = board;
  if (event.kind === 'clock' || event.kind === 'cancelled' || progress.outcome !== null) return undefined;
  if (board.waitsFor < 2 || now >= progress.stageEnds || now >= progress.ends) return undefined;
  const at = places.get(event.taskId);
  const task = at === undefined ? undefined : tasks[at];
  if (at === undefined || task === undefined || !isOpen(task)) return { effects: [], moved: [] };
  const noted = { ...task, status: event.kind };
  tasks[at] = noted;
  board.isChanged = true;
  if (isSettled(noted)) board.waitsFor -= 1;
  return { effects: [], moved: noted.status === task.status ? [] : [noted] };
}
