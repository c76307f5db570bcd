/** The options: what each is called, what it takes, and what it does, in one place for parser and help. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { DatasetId, Name, ParticipantId, RecipientSector, Sha256, StaffRole } from '@revier/schema';
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
  'dry-run': {
    type: 'boolean',
    help: 'ask only who would answer, and how finely: nothing is read, and nothing charged',
  },
  folder: { type: 'string', value: 'folder', help: 'folder of the node; else REVIER_FOLDER' },
  key: { type: 'string', value: 'file', help: 'an Ed25519 key as JWK' },
  name: { type: 'string', value: 'name', help: 'name of the person' },
  role: {
    type: 'string',
    value: 'role',
    help: 'steward, signatory, committee, data-protection-officer, or one of these with deputy- before it',
  },
  reason: { type: 'string', value: 'text', help: 'why, in words that name nobody' },
  by: { type: 'string', value: 'name', help: 'who does it; can be erased from the audit log' },
  statement: { type: 'string', value: 'file', help: 'what two persons have signed' },
  'keep-results': { type: 'boolean', help: 'what was delivered stays, and is not withdrawn' },
  query: { type: 'string', value: 'submission', help: 'submission id of a query, as the log and answers name it' },
  dataset: { type: 'string', value: 'id', help: 'a dataset, by its id' },
  deletions: { type: 'string', value: 'file', help: 'the newest list that `revier node deletions` has printed' },
  hours: { type: 'string', value: 'hours', help: 'how long the statement is good; 24 unless said otherwise' },
  broker: { type: 'string', value: 'url', help: 'address of the broker, where it is not the one in the folder' },
  id: { type: 'string', value: 'did', help: 'your organisation, did:web:registry.example' },
  as: { type: 'string', value: 'role', help: 'data-holder (else so), data-user or source' },
  sector: {
    type: 'string',
    value: 'sector',
    help: 'public-body, mandatee, research, care, insurer, non-profit or commercial',
  },
  days: { type: 'string', value: 'days', help: 'how long: a credential 365, an outgoing key 30 unless said otherwise' },
  register: { type: 'string', value: 'name', help: 'a register, by its name or the end of it' },
  registers: { type: 'string', value: 'urns', help: 'registers that the person may ask, with commas between' },
  draft: { type: 'boolean', help: 'the next list, and how it differs from the one in force' },
  'no-browser': { type: 'boolean', help: 'log in with a browser elsewhere, and paste the address that it ends at' },
  about: { type: 'string', value: 'code', help: 'a code of a diagnosis, a site, or anything else that is coded' },
  area: { type: 'string', value: 'code', help: 'the code of an area' },
  since: { type: 'string', value: 'date', help: 'from that day on, 2026-03-01 say' },
  before: { type: 'string', value: 'date', help: 'what is older than that day' },
  witnesses: { type: 'string', value: 'number', help: 'how many others must have cosigned; 1 unless said otherwise' },
  spatial: { type: 'string', value: 'level', help: 'areas no finer than this level, kreis say' },
  temporal: { type: 'string', value: 'level', help: 'no finer in time than this: month or year' },
  age: { type: 'string', value: 'level', help: 'ages no finer than this level, band5 say' },
  k: { type: 'string', value: 'persons', help: 'no shown cell about fewer persons' },
  'max-dimensions': { type: 'string', value: 'number', help: 'no table by more variables' },
  tables: {
    type: 'string',
    value: 'hashes',
    help: 'only these tables, with commas between; the beginning of a hash will do',
  },
  'without-variable': {
    type: 'string',
    value: 'names',
    help: 'no table by, or filtered by, these variables; with commas between',
  },
  'budget-cells': { type: 'string', value: 'cells', help: 'at most so many cells altogether' },
  questions: { type: 'string', value: 'number', help: 'at most so many questions altogether' },
  until: { type: 'string', value: 'date', help: 'it ends before that day' },
  condition: {
    type: 'string',
    value: 'text',
    help: 'a duty, rv:publish=P18M say, several with commas between; of an opinion, a condition in words',
  },
  from: { type: 'string', value: 'file', help: 'JSON to start from' },
  verdict: { type: 'string', value: 'verdict', help: 'no-objection, conditions or objection' },
  text: { type: 'string', value: 'text', help: 'the opinion in words' },
  evidence: { type: 'string', value: 'text', help: 'where it can be seen: a DOI, a record of deletion' },
  'accept-limits': { type: 'boolean', help: 'accept counter-offers that only take away, without asking' },
  tightening: { type: 'boolean', help: 'it takes something away: questions under way end with it' },
  help: { type: 'boolean', short: 'h', help: 'this text' },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof options;

const whole = (unit: string, least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, `expected whole ${unit}`)
    .transform(Number)
    .pipe(z.number().min(least, `expected ${least} at least`).max(most, `expected ${most} at most`));

const Flags = z
  .strictObject({
    profile: z.string().min(1).optional(),
    lang: z.enum(['de', 'en'], 'expected de or en').optional(),
    json: z.boolean().default(false),
    csv: z.boolean().default(false),
    out: z.string().min(1).optional(),
    wait: whole('seconds', 0, 86_400).optional(),
    deadline: whole('seconds', 1, 3600).optional(),
    'dry-run': z.boolean().default(false),
    folder: z.string().min(1).optional(),
    key: z.string().min(1).optional(),
    name: z.string().min(1).max(200).optional(),
    role: StaffRole.optional(),
    reason: z.string().min(1).max(500).optional(),
    by: z.string().min(1).max(200).optional(),
    statement: z.string().min(1).optional(),
    'keep-results': z.boolean().default(false),
    query: Sha256.optional(),
    dataset: DatasetId.optional(),
    deletions: z.string().min(1).optional(),
    hours: whole('hours', 1, 168).optional(),
    broker: z.url({ protocol: /^https?$/ }).optional(),
    id: ParticipantId.optional(),
    as: z.enum(['data-holder', 'data-user', 'source'], 'expected data-holder, data-user or source').optional(),
    sector: RecipientSector.optional(),
    days: whole('days', 1, 3650).optional(),
    register: z.string().min(1).max(200).optional(),
    registers: z.string().min(1).optional(),
    draft: z.boolean().default(false),
    about: z.string().min(1).max(40).optional(),
    area: z.string().min(1).max(40).optional(),
    since: z.iso.date('expected a date').optional(),
    before: z.iso.date('expected a date').optional(),
    witnesses: whole('witnesses', 1, 100).optional(),
    'no-browser': z.boolean().default(false),
    spatial: Name.optional(),
    temporal: Name.optional(),
    age: Name.optional(),
    k: whole('persons', 3, 1000).optional(),
    'max-dimensions': whole('dimensions', 0, 6).optional(),
    tables: z.string().min(8).optional(),
    'without-variable': z.string().min(1).optional(),
    'budget-cells': whole('cells', 1, 999_999).optional(),
    questions: whole('questions', 1, 999_999).optional(),
    until: z.iso.date('expected a date').optional(),
    condition: z.string().min(1).max(500).optional(),
    from: z.string().min(1).optional(),
    verdict: z
      .enum(['no-objection', 'conditions', 'objection'], 'expected no-objection, conditions or objection')
      .optional(),
    text: z.string().min(1).max(4000).optional(),
    evidence: z.string().min(1).max(500).optional(),
    'accept-limits': z.boolean().default(false),
    tightening: z.boolean().default(false),
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
