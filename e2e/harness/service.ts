/** One service as a process of its own: started from its folder, ended by signals, its log kept. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { until } from './until.ts';

export type Environment = Readonly<Record<string, string>>;

export interface ServiceCommand {
  readonly name: string;
  /** From the root of the repository. */
  readonly main: string;
  readonly folder: string;
  readonly env?: Environment;
}

export interface Ended {
  /** Null when a signal has ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Service {
  readonly name: string;
  /** Where it listens at the moment; throws while it does not. */
  url(): string;
  isRunning(): boolean;
  /** Of the run; throws while there is none. */
  pid(): number;
  /** Starts it without waiting; `env` is for this run only. */
  launch(env?: Environment): void;
  /** Resolves when it listens; rejects with the end of its log when it ends instead. */
  start(env?: Environment): Promise<void>;
  /** Resolves when the present run has ended by itself, or at once when nothing runs. */
  ended(): Promise<Ended>;
  /** SIGKILL: nothing of it can be caught. */
  kill(): Promise<void>;
  terminate(): Promise<Ended>;
  signal(signal: NodeJS.Signals): void;
  /** Lines on stderr of the present or last run. */
  log(): readonly string[];
}

/** A run of a few seconds does not repay optimising the embedded database's code: half a second of work in each process. */
const QUICK_START = ['--liftoff-only'];
const { NODE_COMPILE_CACHE } = process.env;
/** Nothing else of the surroundings reaches a service. */
const compileCache: Environment = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };

const START_LIMIT_MS = 100_000;
const root = new URL('../../', import.meta.url);
const UP = z.looseObject({ url: z.url(), message: z.string() });

const children = new Set<ChildProcess>();
/** Nothing outlives the tests. */
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

interface Run {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly ended: Promise<Ended>;
}

export function serviceOf({ name, main, folder, env = {} }: ServiceCommand): Service {
  let run: Run | undefined;
  const isRunning = (): boolean => run !== undefined && isAlive(run.child);
  const launch = (more: Environment = {}): Run => {
    if (isRunning()) throw new Error(`${name} runs already.`);
    run = launched(fileURLToPath(new URL(main, root)), { REVIER_FOLDER: folder, ...env, ...more });
    return run;
  };
  const signal = (which: NodeJS.Signals): Promise<Ended> => {
    if (run !== undefined && isRunning()) run.child.kill(which);
    return run?.ended ?? Promise.resolve({ code: null, signal: null });
  };
  return {
    name,
    isRunning,
    pid() {
      const pid = run?.child.pid;
      if (pid === undefined || !isRunning()) throw new Error(`${name} does not run.`);
      return pid;
    },
    url() {
      const url = run && isRunning() ? urlIn(run) : undefined;
      if (url === undefined) throw new Error(`${name} does not listen.`);
      return url;
    },
    launch: (more) => void launch(more),
    async start(more) {
      const started = launch(more);
      await until(
        `${name} listens`,
        async () => !isAlive(started.child) || urlIn(started) !== undefined,
        START_LIMIT_MS,
      );
      if (!isAlive(started.child)) throw new Error(`${name} has ended:\n${started.lines.slice(-10).join('\n')}`);
    },
    ended: () => run?.ended ?? Promise.resolve({ code: null, signal: null }),
    kill: async () => void (await signal('SIGKILL')),
    terminate: () => signal('SIGTERM'),
    signal: (which) => void signal(which),
    log: () => run?.lines ?? [],
  };
}

function launched(main: string, env: Environment): Run {
  const child = spawn(process.execPath, [...QUICK_START, main], {
    env: { ...compileCache, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.add(child);
  const lines: string[] = [];
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  // `close` comes when the log has been read to its end, too.
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    children.delete(child);
    return { code, signal };
  });
  return { child, lines, ended };
}

const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

/** Both services say so in a line of their own. */
function urlIn({ lines }: Run): string | undefined {
  for (const line of lines) {
    const up = line.startsWith('{') ? UP.safeParse(JSON.parse(line)) : undefined;
    if (up?.success && ['broker listens', 'the node is up'].includes(up.data.message)) return up.data.url;
  }
  return undefined;
}
