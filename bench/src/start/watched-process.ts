/** A process under watch: when it says something, when it ends, and the most memory that it ever had. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { clock } from '../rounds.ts';

export interface Watched {
  /** Milliseconds from the start until the text stood in its output. */
  readonly saidAfter: number;
  /** Milliseconds from the start to the end. */
  readonly endedAfter: number;
  /** `VmHWM` of Linux in MB; not a number elsewhere. */
  readonly peakMb: number;
}

export interface Command {
  /** From the root of the repository. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Options of the runtime. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What is waited for in the output. */
  readonly says: string;
  /** Ask it to end, once it has said that. */
  readonly stop?: boolean;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const LOOK_EVERY_MS = 20;
const LIMIT_MS = 120_000;
/** Work goes on for a moment after the first sign of life. */
const SETTLE_MS = 500;

/** Rejects when it ends otherwise than well, or says nothing in two minutes. */
export async function watch({
  script,
  args = [],
  flags = [],
  env = {},
  says,
  stop = false,
}: Command): Promise<Watched> {
  const from = clock();
  const child = spawn(process.execPath, [...flags, script, ...args], { cwd: root, env: { ...process.env, ...env } });
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  let [saidAfter, peakMb, heard] = [Number.NaN, Number.NaN, ''];
  const hear = (chunk: Buffer): void => {
    heard += chunk.toString('utf8');
    if (!Number.isNaN(saidAfter) || !heard.includes(says)) return;
    saidAfter = clock() - from;
    if (stop) setTimeout(() => child.kill('SIGTERM'), SETTLE_MS);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const look = setInterval(() => {
    peakMb = peakOf(child.pid) ?? peakMb;
  }, LOOK_EVERY_MS);
  const [code] = await once(child, 'exit');
  clearInterval(look);
  clearTimeout(limit);
  if (code !== 0 || Number.isNaN(saidAfter)) throw new Error(`${script} ended with ${code}: ${heard.slice(-2000)}`);
  return { saidAfter, endedAfter: clock() - from, peakMb };
}

function peakOf(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
