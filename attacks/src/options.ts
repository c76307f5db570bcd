/** What the attack suite can be told on the command line. */
import { parseArgs } from 'node:util';
import type { Attack, Scale } from './attack.ts';

export interface AttackOptions {
  readonly attacks: readonly Attack[];
  readonly scale: Scale;
  readonly json: boolean;
  readonly seed: number;
  /** Against services whose guards are off. */
  readonly control: boolean;
}

export type Parsed =
  | { readonly kind: 'run'; readonly options: AttackOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly fault: string };

export const help = `Attacks a federation of separate processes: one broker, five registers, 20,000 invented persons, 200 targets. The attacker is
a researcher with a valid credential and an agreement; in A6 and A7 the broker as well. A1, A4 and A10 also span 52 weekly imports,
in process over the rules of nodes.

  pnpm attack              every attack
  pnpm attack A3 A8        some of them
  --quick                  those of every test run, with small samples (also for what is named)
  --full                   the samples of the design: hours
  --seed N                 other persons, other choices (default 1)
  --control                with guards off: A3, A4, A6, A8 and A9 must win
  --json                   the results as JSON
  --help                   this text

The exit code is 1 when an attack wins; with --control, when one of those five does not. See docs/disclosure-control.md.
`;

const flags = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  full: { type: 'boolean', default: false },
  control: { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  help: { type: 'boolean', default: false },
} as const;

export function parseOptions(args: readonly string[], suite: readonly Attack[]): Parsed {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: flags,
      strict: true,
      allowPositionals: true,
    });
    if (values.help) return { kind: 'help' };
    const seed = Number(values.seed);
    if (!Number.isInteger(seed) || seed < 0) throw new Error('The seed is a whole number.');
    if (values.quick && values.full) throw new Error('Either --quick or --full.');
    const scale = values.quick ? 'quick' : values.full ? 'full' : 'normal';
    const { json, control } = values;
    return { kind: 'run', options: { attacks: chosen(positionals, suite, scale), scale, json, seed, control } };
  } catch (error) {
    return { kind: 'usage', fault: error instanceof Error ? error.message : String(error) };
  }
}

function chosen(ids: readonly string[], suite: readonly Attack[], scale: Scale): readonly Attack[] {
  const unknown = ids.find((id) => !suite.some((attack) => attack.id === id));
  if (unknown !== undefined)
    throw new Error(`There is no attack ${unknown}; there are ${suite.map(({ id }) => id).join(', ')}.`);
  if (ids.length > 0) return suite.filter(({ id }) => ids.includes(id));
  return scale === 'quick' ? suite.filter(({ quick }) => quick) : suite;
}
