/** The list of commands: what each is for, what it takes, and who does it. */
import type { Context, ExitCode } from '../context.ts';
import type { OptionName } from '../options.ts';
import { answer } from './answer.ts';
import { catalogue } from './catalogue.ts';
import { query } from './query.ts';
import { sign } from './sign.ts';
import { status } from './status.ts';
import { token } from './token.ts';

export interface Command {
  readonly summary: string;
  readonly operands: string;
  /** The most operands that it takes. */
  readonly most: number;
  readonly options: readonly OptionName[];
  /** Further lines of its help. */
  readonly notes: readonly string[];
  readonly run: (context: Context) => Promise<ExitCode>;
}

const printing = ['lang', 'json', 'csv', 'out'] as const;
const everywhere = ['profile', 'help'] as const;

const list: Readonly<Record<string, Command>> = {
  query: {
    summary: 'ask a question and print the answer as a table',
    operands: '[file|-]',
    most: 1,
    options: [...printing, 'wait', 'deadline', ...everywhere],
    notes: [
      'The question is JSON, from a file or piped in. Holders that it does not name are every one with an agreement',
      'and fitting data. The answer goes to stdout; progress, warnings and errors go to stderr.',
    ],
    run: query,
  },
  sign: {
    summary: 'print the signed query, ready for curl',
    operands: '[file|-]',
    most: 1,
    options: ['deadline', 'out', 'json', ...everywhere],
    notes: ["revier sign question.json | curl --json @- $BROKER/v1/queries -H 'Prefer: wait=20'"],
    run: sign,
  },
  catalogue: {
    summary: 'list datasets, lookups, registers and standard populations',
    operands: '',
    most: 0,
    options: ['lang', 'json', 'out', ...everywhere],
    notes: [],
    run: catalogue,
  },
  status: {
    summary: 'tell where a query is',
    operands: '<queryId>',
    most: 1,
    options: ['json', 'out', ...everywhere],
    notes: ['Leaves with 1 while the query runs, else with the code of its answer.'],
    run: status,
  },
  answer: {
    summary: 'print the answer to an earlier query',
    operands: '<queryId>',
    most: 1,
    options: [...printing, ...everywhere],
    notes: [],
    run: answer,
  },
  token: {
    summary: 'print an access token for curl, good for five minutes',
    operands: '',
    most: 0,
    options: ['out', ...everywhere],
    notes: ['curl -H "Authorization: Bearer $(revier token)" $BROKER/v1/queries/<queryId>/answer'],
    run: token,
  },
};

export const commands: ReadonlyMap<string, Command> = new Map(Object.entries(list));
