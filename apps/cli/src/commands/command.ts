/** What a command is: what it is for, what it takes, and who does it. */
import type { Context, ExitCode } from '../context.ts';
import type { OptionName } from '../options.ts';

export interface Command {
  readonly summary: string;
  readonly operands: string;
  /** The most operands that it takes. */
  readonly most: number;
  readonly options: readonly OptionName[];
  /** Further lines of its help. */
  readonly notes: readonly string[];
  /** Its own exit codes, a line each, where they are not those of all. */
  readonly exits?: readonly string[];
  /** The one exit code of every fault, where the others are findings that no fault may be taken for. */
  readonly faults?: ExitCode;
  /** Loaded when it is called: `revier --help` must not wait for databases. */
  readonly load: () => Promise<(context: Context) => Promise<ExitCode>>;
}

/** By name, of one word or two: `query`, `node stop`. */
export type CommandGroup = Readonly<Record<string, Command>>;
