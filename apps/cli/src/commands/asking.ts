/** The commands of who asks: questions, their answers, and what there is to ask. */
import type { CommandGroup } from './command.ts';

export const printing = ['lang', 'json', 'csv', 'out'] as const;
export const everywhere = ['profile', 'help'] as const;

const LOGIN = 'Needs a log-in: revier login';

export const asking: CommandGroup = {
  query: {
    summary: 'ask a question and print the answer as a table',
    operands: '[file|-]',
    most: 1,
    options: [...printing, 'wait', 'deadline', 'dry-run', ...everywhere],
    notes: [
      'The question is JSON, from a file or piped in. Holders that it does not name are every one with an agreement',
      'and fitting data. The answer goes to stdout; progress, warnings and errors go to stderr.',
      'With --dry-run nothing is asked of the data: each holder tells whether it would answer, how finely, and why not.',
    ],
    load: async () => (await import('./query.ts')).query,
  },
  sign: {
    summary: 'print the signed query, ready for curl',
    operands: '[file|-]',
    most: 1,
    options: ['deadline', 'dry-run', 'out', 'json', ...everywhere],
    notes: ["revier sign question.json | curl --json @- $BROKER/v1/queries -H 'Prefer: wait=20'"],
    load: async () => (await import('./sign.ts')).sign,
  },
  catalogue: {
    summary: 'list datasets, lookups, registers and standard populations',
    operands: '',
    most: 0,
    options: ['lang', 'json', 'out', ...everywhere],
    notes: [],
    load: async () => (await import('./catalogue.ts')).catalogue,
  },
  status: {
    summary: 'tell where a query is',
    operands: '<queryId>',
    most: 1,
    options: ['json', 'out', ...everywhere],
    notes: [LOGIN, 'Leaves with 1 while the query runs, else with the code of its answer.'],
    load: async () => (await import('./status.ts')).status,
  },
  answer: {
    summary: 'print the answer to an earlier query',
    operands: '<queryId>',
    most: 1,
    options: [...printing, ...everywhere],
    notes: [LOGIN],
    load: async () => (await import('./answer.ts')).answer,
  },
  queries: {
    summary: 'list your own queries, newest first',
    operands: '',
    most: 0,
    options: ['json', 'out', ...everywhere],
    notes: [LOGIN],
    load: async () => (await import('./queries.ts')).queries,
  },
  cancel: {
    summary: 'end a query: nobody is asked any more',
    operands: '<queryId>',
    most: 1,
    options: [...everywhere],
    notes: [LOGIN],
    load: async () => (await import('./cancel.ts')).cancel,
  },
};
