/** A server of somebody else as a child process: started until it answers, stopped until it is gone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Resolves when the server answers, rejects while it does not. */
  readonly answers: () => Promise<unknown>;
  readonly stopSignal: NodeJS.Signals;
}

const START_LIMIT_MS = 20_000;
const PAUSE_MS = 25;

/** Returns the function that stops it. */
export async function startServer(command: ServerCommand): Promise<() => Promise<void>> {
  const child = spawn(command.program, command.args, { stdio: 'ignore', ...command.user });
  const ended = once(child, 'exit').catch(() => {});
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const stop = async (): Promise<void> => {
    process.off('exit', killWithUs);
    if (isRunning(child)) child.kill(command.stopSignal);
    await ended;
  };
  try {
    await untilAnswering(command, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function untilAnswering({ program, answers }: ServerCommand, child: ChildProcess): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS;
  while (isRunning(child) && Date.now() < limit) {
    try {
      await answers();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
  throw new Error(`${program} did not start.`);
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;
