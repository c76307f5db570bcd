/** The options: what each is called, what it takes, and what it does, in one place for parser and help. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { z } from 'zod';

/** A fault in how the program was called: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly help: string;
}

export const options = {
  profile: {
    type: 'string',
    value: 'file',
    help: 'profile to use; else REVIER_PROFILE, else the nearest .revier/profile.json upwards, else the one at home',
  },
  lang: { type: 'string', value: 'de|en', help: 'language of tables; else from LC_ALL, LC_MESSAGES, LANG' },
  json: { type: 'boolean', help: 'JSON alone on stdout; a failure is then problem details (RFC 9457)' },
  csv: { type: 'boolean', help: 'CSV on stdout, as the broker writes it' },
  out: {
    type: 'string',
    short: 'o',
    value: 'file',
    help: 'write there instead of stdout; .json and .csv choose the format',
  },
  wait: {
    type: 'string',
    value: 'seconds',
    help: 'wait for the answer at most that long; else until the deadline; 0 only submits and prints the id',
  },
  deadline: {
    type: 'string',
    value: 'seconds',
    help: 'time that the holders have, 1 to 3600; 120 unless said otherwise',
  },
  help: { type: 'boolean', short: 'h', help: 'this text' },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof options;

const seconds = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'expected whole seconds')
    .transform(Number)
    .pipe(z.number().min(least, `expected ${least} at least`).max(most, `expected ${most} at most`));

const Flags = z
  .strictObject({
    profile: z.string().min(1).optional(),
    lang: z.enum(['de', 'en'], 'expected de or en').optional(),
    json: z.boolean().default(false),
    csv: z.boolean().default(false),
    out: z.string().min(1).optional(),
    wait: seconds(0, 86_400).optional(),
    deadline: seconds(1, 3600).optional(),
    help: z.boolean().default(false),
  })
  .refine(({ json, csv }) => !(json && csv), { path: ['csv'], message: 'cannot stand beside --json' });
export type Flags = z.infer<typeof Flags>;

export interface Arguments {
  readonly flags: Flags;
  readonly positionals: readonly string[];
}

/** @throws UsageError */
export function parseOptions(args: readonly string[], allowed: readonly OptionName[]): Arguments {
  const { values, positionals } = parsed({
    args: [...args],
    options: Object.fromEntries(allowed.map((name) => [name, settingsOf(options[name])])),
    allowPositionals: true,
    strict: true,
  });
  const flags = Flags.safeParse(values);
  if (flags.success) return { flags: flags.data, positionals };
  throw new UsageError(flags.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}.`).join(' '));
}

function parsed(config: ParseArgsConfig) {
  try {
    return parseArgs(config);
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

const settingsOf = ({ type, short }: Option) => ({ type, ...(short === undefined ? {} : { short }) });
