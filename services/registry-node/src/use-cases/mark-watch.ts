/** Keeps the mark in the folder close behind the records: a second at most, and exact when the process ends in order. */
import type { Logger } from '@revier/service-kit';
import { keepMark, type RestoreDeps } from './notice-restore.ts';

/** What was decided in the last second before a backup and a crash can be restored unnoticed by the mark; witnesses notice it. */
const EVERY_MS = 1000;

/** The returned function writes the mark a last time. */
export function watchMark(deps: RestoreDeps, logger: Logger): () => Promise<void> {
  let written = -1;
  let turn: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      const { size } = await deps.heads.now();
      if (size === written) return;
      await keepMark(deps);
      written = size;
    } catch (error) {
      logger.warn({ err: error }, 'the mark in the folder could not be written');
    }
  };
  const inTurn = (): Promise<void> => {
    turn = turn.then(look);
    return turn;
  };
  const timer = deps.mark === undefined ? undefined : setInterval(inTurn, EVERY_MS).unref();
  return async () => {
    clearInterval(timer);
    if (deps.mark !== undefined) await inTurn();
  };
}
