/** The commands of a data user for its virtual registers: draft, check, apply, follow, decide, amend, close, and what is owed. */
import type { CommandGroup } from './command.ts';

const here = ['folder', 'broker', 'lang', 'json', 'out', 'help'] as const;
/** They ask nobody; `--broker` is taken all the same, so that every command about a register can be called alike. */
const offline = here;
const exits = [
  'Exit codes',
  '  0  done',
  '  1  anything else: broker out of reach, folder in use',
  '  2  called wrongly',
  '  3  a counter-offer waits for your decision',
  '  4  refused, or the application does not fit',
];
const base = { operands: '', most: 0, options: here, notes: [], exits } as const;
const one = { ...base, operands: '[register]', most: 1 } as const;
const short = 'A register goes by the end of its name, and by nothing where there is one alone.';

const preparing: CommandGroup = {
  'register templates': {
    ...base,
    options: ['lang', 'json', 'out', 'help'],
    summary: 'list applications to begin with',
    load: async () => (await import('./register/prepare.ts')).templates,
  },
  'register draft': {
    ...base,
    operands: '<template>',
    most: 1,
    options: ['out', 'help'],
    summary: 'write an application to edit',
    notes: ['revier register draft late-stage-cancer -o application.json'],
    load: async () => (await import('./register/prepare.ts')).draft,
  },
  'register check': {
    ...base,
    operands: '<file>',
    most: 1,
    summary: 'check an application: which tables each holder would be asked for, at which grain, and what is odd',
    notes: ['Nothing is sent to any holder.'],
    load: async () => (await import('./register/prepare.ts')).check,
  },
};

const following: CommandGroup = {
  'register status': {
    ...base,
    options: offline,
    summary: 'tell where every register is, what comes next, what is owed, and what ends soon (60, 14, 1 days)',
    notes: ['From your folder alone, whatever --broker says; `revier register sync` fetches what is new.'],
    load: async () => (await import('./register/follow-up.ts')).status,
  },
  'register sync': {
    ...base,
    options: ['accept-limits', ...here],
    summary: 'fetch letters, check and sign agreements that are what was asked for, send what waits',
    notes: ['Good for a timer: repeated, or broken off, it does nothing twice.'],
    load: async () => (await import('./register/follow-up.ts')).sync,
  },
  'register follow': {
    ...base,
    options: ['accept-limits', 'wait', ...here],
    summary: 'the same, waiting, until nothing is under way or you have to decide',
    load: async () => (await import('./register/follow-up.ts')).follow,
  },
  'register show': {
    ...one,
    options: ['dataset', ...offline],
    summary: 'show the terms as sentences, and what a counter-offer changes',
    notes: [short, 'With --json the offers themselves, to be edited for `revier register counter`.'],
    load: async () => (await import('./register/follow-up.ts')).show,
  },
};

const deciding: CommandGroup = {
  'register apply': {
    ...base,
    operands: '<file>',
    most: 1,
    summary: 'sign an application and send it to every holder whose data its questions need',
    load: async () => (await import('./register/act.ts')).apply,
  },
  'register accept': {
    ...one,
    options: ['dataset', ...here],
    summary: 'accept a counter-offer',
    notes: ['Read `revier register show` first.', short],
    load: async () => (await import('./register/act.ts')).accept,
  },
  'register counter': {
    ...base,
    operands: '<register> <file>',
    most: 2,
    options: ['dataset', ...here],
    summary: 'answer a counter-offer with another request: an offer as JSON',
    load: async () => (await import('./register/act.ts')).counter,
  },
  'register end': {
    ...one,
    options: ['dataset', 'reason', ...here],
    summary: 'end a negotiation with one holder',
    notes: [short],
    load: async () => (await import('./register/act.ts')).end,
  },
};

const living: CommandGroup = {
  'register amend': {
    ...base,
    operands: '<file>',
    most: 1,
    options: ['tightening', ...here],
    summary: 'apply for the next version of a register; budgets carry over',
    load: async () => (await import('./register/act.ts')).amend,
  },
  'register extend': {
    ...one,
    options: ['until', ...here],
    summary: 'apply for the same terms for longer',
    notes: ['revier register extend late-stage-cancer --until 2030-01-01', short],
    load: async () => (await import('./register/act.ts')).extend,
  },
  'register close': {
    ...one,
    options: ['reason', ...here],
    summary: 'close a register: it is needed no longer',
    notes: [short],
    load: async () => (await import('./register/act.ts')).close,
  },
  'register duty': {
    ...base,
    operands: 'done [register] <#d1>',
    most: 3,
    options: ['evidence', 'dataset', ...here],
    summary: 'report that a duty is done, to every holder that it is owed to',
    notes: ['revier register duty done late-stage-cancer d1 --evidence doi:10.1000/182', short],
    load: async () => (await import('./register/act.ts')).duty,
  },
};

export const registers: CommandGroup = { ...preparing, ...deciding, ...following, ...living };
