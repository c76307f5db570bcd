/** The commands of who runs a node: stopping it, starting it again, and who may. */
import type { CommandGroup } from './command.ts';

const here = ['folder', 'json', 'out', 'help'] as const;
const exits = ['Exit codes', '  0  done', '  1  anything else', '  2  called wrongly', '  4  refused by the node'];

export const operating: CommandGroup = {
  'node stop': {
    summary: 'stop a node at once; one person suffices',
    operands: '',
    most: 0,
    options: ['reason', 'by', ...here],
    notes: [
      'No polling, running statements cancelled, pending releases dropped. Works without the broker, and without a process:',
      'then the STOP file is written. Starting again takes two enrolled persons.',
    ],
    exits,
    load: async () => (await import('./node/stop.ts')).stop,
  },
  'node restart-statement': {
    summary: 'prepare the statement that two persons sign to end a stop',
    operands: '',
    most: 0,
    options: ['reason', 'hours', ...here],
    notes: ['revier node restart-statement --folder . --reason "checked" -o restart.json'],
    exits,
    load: async () => (await import('./node/restart-statement.ts')).restartStatement,
  },
  'node sign-restart': {
    summary: 'put your signature under a statement (a restart, or a change of people)',
    operands: '<file>',
    most: 1,
    options: ['key', 'out', 'help'],
    notes: ['revier node sign-restart restart.json --key steward.jwk -o signed-1.json'],
    exits,
    load: async () => (await import('./node/sign-statement.ts')).signStatement,
  },
  'node start': {
    summary: 'start a stopped node by a statement that two enrolled persons have signed',
    operands: '',
    most: 0,
    options: ['statement', ...here],
    notes: [],
    exits,
    load: async () => (await import('./node/start.ts')).start,
  },
  'node deletions': {
    summary: 'print the list that is kept apart from backups: what they must not bring back or forget',
    operands: '',
    most: 0,
    options: [...here],
    notes: ['revier node deletions --folder . -o /elsewhere/deletions.jws'],
    exits,
    load: async () => (await import('./node/reconcile.ts')).deletions,
  },
  'node reconcile': {
    summary: 'after a restore: replay deletions and seal what cannot be made good',
    operands: '',
    most: 0,
    options: ['deletions', ...here],
    notes: ['Starting the node takes two persons after that, as after any stop.'],
    exits,
    load: async () => (await import('./node/reconcile.ts')).reconcile,
  },
  'node person': {
    summary: 'list who is enrolled at a node; add or remove somebody',
    operands: '<list|add|remove|change>',
    most: 1,
    options: ['name', 'role', 'key', 'hours', 'statement', ...here],
    notes: [
      'add and remove write the first people of a new node; afterwards they print a change that two of those enrolled sign',
      '(revier node sign-restart), and `change --statement` hands it to the node.',
    ],
    exits,
    load: async () => (await import('./node/person.ts')).person,
  },
};
