/** The command line as people run it: a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface Said {
  /** 0: done. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Called {
  readonly done: Promise<Said>;
  /** What it has said so far on stderr. */
  err(): string;
}

export interface Surroundings {
  /** Where relative paths begin. */
  readonly cwd?: string;
  /** Besides what this process has. */
  readonly env?: Readonly<Record<string, string>>;
}

const bin = fileURLToPath(new URL('../../apps/cli/src/bin.ts', import.meta.url));

/** For a command that waits for something. */
export function begin(args: readonly string[], { cwd, env }: Surroundings = {}): Called {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    err += part;
  });
  const done = Promise.all([once(child, 'close'), text(child.stdout)]).then(
    ([[code], out]): Said => ({ code: typeof code === 'number' ? code : 1, out, err }),
  );
  return { done, err: () => err };
}

/** Whatever it ends with. */
export const call = (args: readonly string[], surroundings?: Surroundings): Promise<Said> =>
  begin(args, surroundings).done;

/** What it has ended with is kept, for whoever expects just that. */
class CallFailed extends Error implements Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;

  constructor(command: string, { code, out, err }: Said) {
    super(`${command} has ended with ${code}:\n${err}${out}`);
    [this.code, this.out, this.err] = [code, out, err];
  }
}

/** What it prints on stdout. @throws CallFailed unless it ends with 0 */
export async function revier(args: readonly string[], surroundings?: Surroundings): Promise<string> {
  const said = await call(args, surroundings);
  if (said.code !== 0) throw new CallFailed(`revier ${args.slice(0, 2).join(' ')}`, said);
  return said.out;
}
