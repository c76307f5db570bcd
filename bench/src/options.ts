/** What the benchmarks can be told on the command line. */
import { parseArgs } from 'node:util';
import { type Part, parts } from './row.ts';

export interface BenchOptions {
  readonly parts: readonly Part[];
  readonly json: boolean;
  readonly quick: boolean;
  readonly full: boolean;
}

export type Parsed =
  | { readonly kind: 'run'; readonly options: BenchOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly fault: string };

export const help = `Measures this machine and Revier on it, and prints one table. Nothing is asserted about time.

  pnpm bench             every part
  pnpm bench a c         some parts
    a  fan-out and gather: 10, 100, 1,000 nodes and one broker, on a PostgreSQL server and embedded
    b  what a node adds to its SQL
    c  decoding and merging the releases of 1,000 holders
    d  six shapes of query on every data source
    e  starting the laptop federation, and one node
    f  deciding under an agreement
    g  withholding over linked tables of 1,000 to 50,000 cells
    h  entries of the audit log, and verifying a million of them
    i  secure sums over 4, 10 and 100 members, against local release
  --quick                fewer rounds, fewer nodes, fewer rows
  --full                 part d on 10 million rows too
  --json                 the rows as JSON
  --help                 this text

How to read the table: bench/README.md.
`;

const flags = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  full: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export function parseOptions(args: readonly string[]): Parsed {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: flags,
      strict: true,
      allowPositionals: true,
    });
    if (values.help) return { kind: 'help' };
    const { json, quick, full } = values;
    return { kind: 'run', options: { parts: partsOf(positionals), json, quick, full } };
  } catch (error) {
    return { kind: 'usage', fault: error instanceof Error ? error.message : String(error) };
  }
}

function partsOf(names: readonly string[]): readonly Part[] {
  const unknown = names.find((name) => !parts.some((part) => part === name));
  if (unknown !== undefined) throw new Error(`There is no part ${unknown}; there are ${parts.join(', ')}.`);
  return names.length === 0 ? parts : parts.filter((part) => names.includes(part));
}
