/** The node at work or stopped: one person stops it, at once; two start it again; the records say which, not the process. */
import { drainOutbox } from '@revier/connector-sdk';
import type { GeneralJws, OpenStop, Sha256, StopCause, StopNote } from '@revier/schema';
import { AppError } from '@revier/schema';
import { type StopFile, stopFileAt } from './adapters/stop-file.ts';
import { dropReleases } from './rooms/ledger.ts';
import { beginShift, type Shift, type ShiftOptions } from './shift.ts';
import { type InTurn, turnstile } from './turnstile.ts';
import { keepMark, type Noticed, noticeRestore } from './use-cases/notice-restore.ts';
import { startAgain } from './use-cases/start-again.ts';
import { resumeAfterStop, suspendForStop } from './use-cases/stop-agreements.ts';
import { createTeller, type Teller } from './use-cases/tell-statuses.ts';

export interface Operation {
  /** Resolves when nothing runs any more, what was pending is dropped, and the stop stands in the records. */
  stop(cause: StopCause, note: StopNote): Promise<OpenStop>;
  /** By a statement of two. @throws AppError as `startAgain` */
  start(signed: GeneralJws): Promise<void>;
  /** The stop that holds. */
  stopped(): OpenStop | undefined;
  /** From the first moment of a stop, before it stands in the records. */
  isStopped(): boolean;
  /** What has changed in the records about the stop that holds. */
  refresh(): Promise<void>;
  isConnected(): boolean;
  isPublished(): boolean;
  /** Whether the broker knows by now how this agreement stands. */
  told(agreement: Sha256): Promise<boolean>;
  /** Rejects when the node is stopped before the broker has taken everything. */
  published(): Promise<void>;
  close(): Promise<void>;
}

export interface OperationOptions extends Omit<ShiftOptions, 'closing' | 'onRestored' | 'onConnected'> {
  readonly stopFile?: string | undefined;
}

/** How long somebody who has stated something waits to hear that the broker knows. */
const TOLD_MS = 4000;

const noFile: StopFile = {
  isNew: async () => false,
  note: async () => ({ reason: '' }),
  write: async () => undefined,
  remove: async () => undefined,
  watch: () => () => undefined,
};

/** What is going on, shared by the few functions below. */
interface Going {
  readonly options: OperationOptions;
  readonly file: StopFile;
  readonly closing: AbortController;
  /** One stop or start after the other. */
  readonly inTurn: InTurn;
  /** Ends when the node works again: two at once would send everything twice. */
  telling: AbortController;
  shift: Shift | undefined;
  stop: OpenStop | undefined;
  readonly teller: Teller;
}

export async function operate(options: OperationOptions): Promise<Operation> {
  const { deps, logger, stopFile } = options;
  const closed = new AbortController();
  const teller = createTeller({ ...deps, signal: closed.signal, random: Math.random, logger });
  const going: Going = {
    options,
    teller,
    file: stopFile === undefined ? noFile : stopFileAt(stopFile),
    ...{ closing: closed, telling: new AbortController(), inTurn: turnstile() },
    ...{ shift: undefined, stop: await deps.stops.open() },
  };
  const { file, closing, inTurn } = going;
  await noticeBackup(going);
  await firstState(going);
  teller.announce();
  const told = (error: unknown): void => logger.fatal({ err: error }, 'the stop could not be entered in the records');
  const unwatch = file.watch(() => void stopByFile(going).catch(told));
  return {
    stop: (cause, note) => stopNow(going, cause, note, file.write),
    start: (signed) => inTurn(() => startNow(going, signed)),
    stopped: () => going.stop,
    isStopped: () => going.stop !== undefined || going.shift?.isStopped() !== false,
    refresh: async () => {
      going.stop = await deps.stops.open();
    },
    isConnected: () => going.shift?.isConnected() ?? false,
    isPublished: () => going.shift?.publisher.isPublished() ?? false,
    told: (agreement) => going.teller.told(agreement, TOLD_MS),
    published: async () => {
      if (going.shift === undefined) throw new AppError('NOT_READY', { detail: 'The node is stopped.' });
      await going.shift.publisher.published;
    },
    async close() {
      unwatch();
      closing.abort();
      await Promise.allSettled([going.teller.ended(), going.shift?.ended, inTurn(async () => undefined)]);
    },
  };
}

/** What was restored is entered once: afterwards the folder vouches for the records as they are, and the stop holds. */
async function noticeBackup(going: Going): Promise<void> {
  const { restore } = going.options.deps;
  const noticed = await noticeRestore(restore);
  if (noticed !== undefined) await enterRestore(going, noticed);
  await keepMark(restore);
}

async function enterRestore(going: Going, { reason, known }: Noticed): Promise<void> {
  const { deps, logger } = going.options;
  logger.error({ reason }, 'the node was restored from a backup, and stays stopped until it is reconciled');
  going.stop = await deps.stops.enter({ cause: 'restored', note: { reason } });
  await deps.restore.restores.remember(going.stop.id, known);
}

/** A file that is there beside a stop in the records belongs to that stop. */
async function firstState(going: Going): Promise<void> {
  const isNew = await going.file.isNew();
  if (going.stop !== undefined) await settle(going);
  else if (isNew) await stopByFile(going);
  else await resumed(going);
}

/** What a stop has suspended is in force again before the first question comes. */
async function resumed(going: Going): Promise<void> {
  await resumeAfterStop(going.options.deps);
  begin(going);
}

function begin(going: Going): void {
  going.telling.abort();
  const { logger } = going.options;
  const onRestored = (noticed: Noticed): void => {
    going.shift?.stop();
    going
      .inTurn(() => enterRestore(going, noticed).then(() => settle(going)))
      .catch((error: unknown) => logger.fatal({ err: error }, 'a restore could not be entered in the records'));
  };
  going.shift = beginShift({
    ...going.options,
    onRestored,
    onConnected: () => going.teller.announce(),
    closing: going.closing.signal,
  });
}

/** Nothing is sent from the first moment on; that it is written down comes after. */
function stopNow(going: Going, cause: StopCause, note: StopNote, leave: StopFile['write']): Promise<OpenStop> {
  going.shift?.stop();
  return going.inTurn(async () => {
    const { deps, logger } = going.options;
    going.shift?.stop();
    // With the records out of order, the file still keeps the next start from working.
    await leave(note).catch((error: unknown) => logger.error({ err: error }, 'the STOP file cannot be written'));
    const stop = await deps.stops.enter({ cause, note });
    going.stop = stop;
    await settle(going);
    return stop;
  });
}

async function stopByFile(going: Going): Promise<OpenStop> {
  going.shift?.stop();
  return stopNow(going, 'file', await going.file.note(), async () => undefined);
}

async function settle(going: Going): Promise<void> {
  const { deps, logger } = going.options;
  await going.shift?.ended;
  await dropReleases(deps.house);
  const failed = (error: unknown): void => logger.error({ err: error }, 'agreements could not be suspended');
  if (going.stop !== undefined) await suspendForStop(going.stop.id, deps).catch(failed);
  logger.warn({ stop: going.stop?.id }, 'the node is stopped: no polling, pending releases are dropped');
  // Refusals carry no data: they may still be told, for as long as the process lives.
  going.telling.abort();
  going.telling = new AbortController();
  const signal = AbortSignal.any([going.telling.signal, going.closing.signal]);
  drainOutbox(deps.outbox, deps.client, { signal, random: Math.random }).catch(() => undefined);
}

/** Ended in the records first: a crash before the file is gone is another stop, never a start that nobody has signed. */
async function startNow(going: Going, signed: GeneralJws): Promise<void> {
  const { deps, logger } = going.options;
  if (going.closing.signal.aborted) throw new AppError('NOT_READY');
  await startAgain(signed, deps);
  await going.file.remove();
  going.stop = undefined;
  await resumed(going);
  logger.warn('the node works again: two persons have signed');
}
