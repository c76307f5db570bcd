/** The log's own work beside the tasks: a round of witnessing now and then, forgetting after the retention, a checkpoint at the end. */
import { ProblemError } from '@revier/connector-sdk';
import { forgetOld } from './erase-openings.ts';
import { type WitnessDeps, witnessRound } from './witness.ts';

export interface KeepLogOptions extends WitnessDeps {
  readonly everyMs: number;
  /** Days for which it can be told whom an entry is about. */
  readonly openingsKeptDays: number;
  /** Then nothing is told to anybody. */
  readonly isStopped: () => boolean;
}

export interface LogKeeping {
  /** The round that runs, and one more: for whoever cannot wait. */
  round(): Promise<void>;
  /** Resolves when nothing runs any more and the last checkpoint is signed. */
  close(): Promise<void>;
}

export function keepLog(options: KeepLogOptions): LogKeeping {
  const closing = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const round = (): Promise<void> => {
    running = running.then(() => oneRound(options, closing.signal));
    return running;
  };
  const timer = setInterval(round, options.everyMs).unref();
  return {
    round,
    async close() {
      clearInterval(timer);
      closing.abort();
      await running;
      await options.log.checkpoint();
    },
  };
}

async function oneRound(options: KeepLogOptions, signal: AbortSignal): Promise<void> {
  const { logger, isStopped } = options;
  try {
    await forgetOld(options);
    if (!signal.aborted && !isStopped()) await witnessRound(options, signal);
  } catch (error) {
    if (signal.aborted) return;
    // A broker of before carries no checkpoints.
    if (error instanceof ProblemError && error.problem.status === 404)
      logger.debug('the broker carries no checkpoints');
    else logger.warn({ err: error }, 'a round of witnessing has failed');
  }
}
