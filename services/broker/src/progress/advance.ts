/** The way of a query as a state machine: what has happened in, where it stands and what to do out. Pure; time is an argument. */

/** `planned`: its stage has not begun. `assessed`: of a dry run. `missed`: its stage or the query ended without a word that counts. */
export type TaskStatus = 'planned' | 'waiting' | 'accepted' | 'released' | 'assessed' | 'refused' | 'missed';

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
  /** `missed`: it can have no end any more, since others that answer together with it have refused. */
  | { readonly kind: 'accepted' | 'assessed' | 'refused' | 'released' | 'missed'; readonly taskId: string }
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
  status === 'released' || status === 'assessed' || status === 'refused' || status === 'missed';

export const isOpen = ({ status }: TaskProgress): boolean => status === 'waiting' || status === 'accepted';

function noted<T extends TaskProgress>(progress: Progress<T>, event: Event): Progress<T> {
  if (event.kind === 'clock' || event.kind === 'cancelled') return progress;
  const at = progress.tasks.findIndex(({ taskId }) => taskId === event.taskId);
  const task = progress.tasks[at];
  // A node that takes back its word changes nothing.
  if (task === undefined || !isOpen(task)) return progress;
  return { ...progress, tasks: progress.tasks.with(at, { ...task, status: event.kind }) };
}

/** Tasks that nobody has answered for in time. */
const closeOpen = <T extends TaskProgress>(progress: Progress<T>): Progress<T> => ({
  ...progress,
  tasks: progress.tasks.map((task) => (isOpen(task) ? { ...task, status: 'missed' } : task)),
});

function moveOn<T extends TaskProgress>(progress: Progress<T>, now: number): Step<T> {
  const settled = progress.tasks.every((task) => task.stage > progress.stage || isSettled(task));
  if (!settled && now < progress.stageEnds) return { progress, effects: [] };
  const next = nextStage(progress);
  if (next !== undefined) {
    const closed = closeOpen(progress);
    if (holdersThat(closed, canAnswer) >= progress.least) return beginStage(closed, next, now);
  }
  return settled ? ended(progress) : { progress, effects: [] };
}

function nextStage({ stage, tasks }: Progress): number | undefined {
  let next: number | undefined;
  for (const task of tasks) if (task.stage > stage && (next === undefined || task.stage < next)) next = task.stage;
  return next;
}

/** Whoever missed an earlier stage stays out of it: later stages stand on what was there when they began. */
function beginStage<T extends TaskProgress>(progress: Progress<T>, stage: number, now: number): Step<T> {
  const tasks = progress.tasks.map((task) => (task.stage === stage ? { ...task, status: 'waiting' as const } : task));
  const stageEnds = halfway(now, progress.ends);
  return { progress: { ...progress, stage, stageEnds, tasks }, effects: [{ kind: 'begun', stage }] };
}

function ended<T extends TaskProgress>(progress: Progress<T>, forced?: Outcome): Step<T> {
  const closed = closeOpen(progress);
  const outcome = forced ?? outcomeOf(closed);
  return { progress: { ...closed, outcome }, effects: [{ kind: 'ended', outcome }] };
}

export function outcomeOf(progress: Progress): Outcome {
  if (progress.tasks.every(hasAnswered)) return 'complete';
  return holdersThat(progress, hasAnswered) >= progress.least ? 'partial' : 'failed';
}

const hasAnswered = ({ status }: TaskProgress): boolean => status === 'released' || status === 'assessed';
const canAnswer = ({ status }: TaskProgress): boolean => status === 'released' || status === 'planned';

/** Holders of whom every task is so. */
function holdersThat({ tasks }: Progress, is: (task: TaskProgress) => boolean): number {
  const others = new Set(tasks.filter((task) => !is(task)).map(({ holder }) => holder));
  return new Set(tasks.map(({ holder }) => holder)).size - others.size;
}
