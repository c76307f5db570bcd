/** The way of a query as a state machine: what has happened in, where it stands and what to do out. Pure; time is an argument. */

/** `planned`: its stage has not begun. `missed`: its stage or the query ended without a word that counts. */
export type TaskStatus = 'planned' | 'waiting' | 'accepted' | 'released' | 'refused' | 'missed';

export interface TaskProgress {
  readonly taskId: string;
  readonly holder: string;
  readonly stage: number;
  readonly status: TaskStatus;
}

/** How the query ended; a cancelled one has no answer. */
export type Outcome = 'complete' | 'partial' | 'failed' | 'cancelled';

export interface Progress<T extends TaskProgress = TaskProgress> {
  /** The stage that has begun last. */
  readonly stage: number;
  /** When the next stage may begin although somebody of this one is away; milliseconds since the epoch, as is `ends`. */
  readonly stageEnds: number;
  readonly ends: number;
  /** The fewest holders that must answer, each with every dataset that it was asked for. */
  readonly least: number;
  /** Set once, and then for ever. */
  readonly outcome: Outcome | null;
  readonly tasks: readonly T[];
}

export type Event =
  | { readonly kind: 'accepted' | 'refused' | 'released'; readonly taskId: string }
  /** Time has passed. */
  | { readonly kind: 'clock' }
  /** The person wants no answer any more. */
  | { readonly kind: 'cancelled' };

export type Effect =
  | { readonly kind: 'begun'; readonly stage: number }
  | { readonly kind: 'ended'; readonly outcome: Outcome };

export interface Step<T extends TaskProgress = TaskProgress> {
  readonly progress: Progress<T>;
  readonly effects: readonly Effect[];
}

/** Messages may come twice, late or in any order: what does not count changes nothing. */
export function advance<T extends TaskProgress>(progress: Progress<T>, event: Event, now: number): Step<T> {
  if (progress.outcome !== null) return { progress, effects: [] };
  if (event.kind === 'cancelled') return ended(progress, 'cancelled');
  if (now >= progress.ends) return ended(progress);
  return moveOn(noted(progress, event), now);
}

/** Half of the time that is left belongs to the stage that begins. */
export const halfway = (now: number, ends: number): number => now + (ends - now) / 2;

/** When to look again, should nothing happen until then. */
export const nextLook = ({ stageEnds, ends, tasks }: Progress, now: number): number =>
  now < stageEnds && tasks.some(({ status }) => status === 'planned') ? stageEnds : ends;

export const isSettled = ({ status }: TaskProgress): boolean =>
  status === 'released' || status === 'refused' || status === 'missed';

const isOpen = ({ status }: TaskProgress): boolean => status === 'waiting' || status === 'accepted';

function noted<T extends TaskProgress>(progress: Progress<T>, event: Event): Progress<T> {
  if (event.kind === 'clock' || event.kind === 'cancelled') return progress;
  return withTasks(progress, ({ taskId }) => taskId === event.taskId, event.kind);
}

/** Only open tasks change; a node that takes back its word changes nothing. */
const withTasks = <T extends TaskProgress>(
  progress: Progress<T>,
  which: (task: T) => boolean,
  status: TaskStatus,
): Progress<T> => ({
  ...progress,
  tasks: progress.tasks.map((task) => (isOpen(task) && which(task) ? { ...task, status } : task)),
});

function moveOn<T extends TaskProgress>(progress: Progress<T>, now: number): Step<T> {
  const begun = progress.tasks.filter(({ stage }) => stage <= progress.stage);
  const settled = begun.every(isSettled);
  const [next] = progress.tasks.flatMap(({ stage }) => (stage > progress.stage ? [stage] : [])).sort((a, b) => a - b);
  if (next !== undefined && (settled || now >= progress.stageEnds)) {
    const closed = withTasks(progress, () => true, 'missed');
    if (holdersThat(closed, canAnswer) >= progress.least) return beginStage(closed, next, now);
  }
  return settled ? ended(progress) : { progress, effects: [] };
}

/** Whoever missed an earlier stage stays out of it: later stages stand on what was there when they began. */
function beginStage<T extends TaskProgress>(progress: Progress<T>, stage: number, now: number): Step<T> {
  const tasks = progress.tasks.map((task) => (task.stage === stage ? { ...task, status: 'waiting' as const } : task));
  const stageEnds = halfway(now, progress.ends);
  return { progress: { ...progress, stage, stageEnds, tasks }, effects: [{ kind: 'begun', stage }] };
}

function ended<T extends TaskProgress>(progress: Progress<T>, forced?: Outcome): Step<T> {
  const closed = withTasks(progress, () => true, 'missed');
  const outcome = forced ?? outcomeOf(closed);
  return { progress: { ...closed, outcome }, effects: [{ kind: 'ended', outcome }] };
}

function outcomeOf(progress: Progress): Outcome {
  if (progress.tasks.every(({ status }) => status === 'released')) return 'complete';
  return holdersThat(progress, hasAnswered) >= progress.least ? 'partial' : 'failed';
}

const hasAnswered = ({ status }: TaskProgress): boolean => status === 'released';
const canAnswer = ({ status }: TaskProgress): boolean => status === 'released' || status === 'planned';

/** Holders of whom every task is so. */
const holdersThat = ({ tasks }: Progress, is: (task: TaskProgress) => boolean): number =>
  [...new Set(tasks.map(({ holder }) => holder))].filter((holder) =>
    tasks.every((task) => task.holder !== holder || is(task)),
  ).length;
