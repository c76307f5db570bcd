/** The commands of a holder in an incident: freeze, see whom it concerns, withdraw, and draft the notice to the authority. */
import type { CommandGroup } from './command.ts';

const here = ['folder', 'json', 'out', 'help'] as const;
const exits = ['Exit codes', '  0  done', '  1  anything else', '  2  called wrongly', '  4  refused by the node'];

export const incidents: CommandGroup = {
  'incident freeze': {
    summary: 'stop the node for an incident, at once',
    operands: '',
    most: 0,
    options: ['reason', 'by', ...here],
    notes: ['As `revier node stop`, with the incident as cause. Starting again takes two enrolled persons.'],
    exits,
    load: async () => (await import('./incident/freeze.ts')).freeze,
  },
  'incident recipients': {
    summary: 'list whom a result or a dataset has reached, from the audit log',
    operands: '',
    most: 0,
    options: ['query', 'dataset', 'since', 'by', ...here],
    notes: ['The reading is itself entered into the log: say who reads with --by.'],
    exits,
    load: async () => (await import('./incident/recipients.ts')).recipients,
  },
  'incident withdraw': {
    summary: 'withdraw what has left: whoever asked is shown your signed word',
    operands: '',
    most: 0,
    options: ['query', 'dataset', 'since', 'reason', ...here],
    notes: [
      'Prints the statement, which can be handed on when the broker is out of reach. Answers stay as they were signed.',
    ],
    exits,
    load: async () => (await import('./incident/withdraw.ts')).withdraw,
  },
  'incident draft': {
    summary: 'draft the notice to the supervisory authority (GDPR Art. 33) as Markdown',
    operands: '',
    most: 0,
    options: ['query', 'dataset', 'since', 'by', 'reason', 'lang', 'folder', 'out', 'help'],
    notes: [
      'What the node knows is filled in; every gap is named. A person has to complete and send it, within 72 hours.',
    ],
    exits,
    load: async () => (await import('./incident/draft.ts')).draft,
  },
};
