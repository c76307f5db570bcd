/** The surroundings: streams, environment and clock, given to the program so that tests give it their own. */
import type { Lang } from './render/words.ts';

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
}

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly stdin: AsyncIterable<unknown> & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: () => Date;
}

/** Where nothing tells the width, as in a pipe. */
const DEFAULT_WIDTH = 100;

export const widthOfTerminal = ({ stdout }: Terminal): number => stdout.columns ?? DEFAULT_WIDTH;

/** The stream knows NO_COLOR, FORCE_COLOR and TERM. */
export const isColoured = (output: Output): boolean => output.isTTY === true && output.hasColors?.() === true;

/** POSIX: LC_ALL goes before LC_MESSAGES, that before LANG. */
export const langOf = ({ env }: Terminal): Lang =>
  (env.LC_ALL || env.LC_MESSAGES || env.LANG || '').startsWith('de') ? 'de' : 'en';
