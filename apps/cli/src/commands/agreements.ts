/** The commands of a holder for agreements at work: see how they stand, suspend, resume, revoke, complete. */
import type { CommandGroup } from './command.ts';

const here = ['folder', 'json', 'out', 'help'] as const;
const exits = ['Exit codes', '  0  done', '  1  anything else', '  2  called wrongly', '  4  refused by the node'];
const one = { operands: '<hash>', most: 1, exits } as const;

export const agreements: CommandGroup = {
  'agreement list': {
    summary: 'list agreements: how each stands, what is left, what is owed',
    operands: '',
    most: 0,
    options: ['lang', ...here],
    notes: [],
    exits,
    load: async () => (await import('./agreement/show.ts')).list,
  },
  'agreement show': {
    ...one,
    summary: 'show one agreement in sentences, with its limits and duties',
    options: ['lang', ...here],
    notes: ['The first characters of the hash suffice where they fit one agreement only.'],
    load: async () => (await import('./agreement/show.ts')).show,
  },
  'agreement pdf': {
    ...one,
    summary: 'write an agreement as a German PDF with the signed object in it',
    options: ['folder', 'register', 'profile', 'broker', 'out', 'help'],
    notes: [
      'revier agreement pdf 3f2a --folder . -o vereinbarung.pdf',
      'With --register, as the broker lists it, signatures verified: by your profile, or by the folder of an organisation.',
    ],
    load: async () => (await import('./agreement/papers.ts')).pdf,
  },
  'agreement record': {
    summary: 'print the record of processing activities (GDPR Art. 30), German Markdown or JSON',
    operands: '',
    most: 0,
    options: [...here],
    notes: [],
    exits,
    load: async () => (await import('./agreement/papers.ts')).record,
  },
  'agreement suspend': {
    ...one,
    summary: 'suspend an agreement at once; one enrolled person suffices',
    options: ['reason', 'by', ...here],
    notes: ['Statements under way are cancelled and nothing more leaves. Resuming takes two enrolled persons.'],
    load: async () => (await import('./agreement/state.ts')).suspend,
  },
  'agreement revoke': {
    ...one,
    summary: 'revoke an agreement at once and for good; one enrolled person suffices',
    options: ['reason', 'by', 'keep-results', ...here],
    notes: [
      'Statements under way are cancelled, nothing more leaves, and what was delivered is withdrawn unless --keep-results.',
      'What was spent stays spent. Prints the signed statement.',
    ],
    load: async () => (await import('./agreement/state.ts')).revoke,
  },
  'agreement complete': {
    ...one,
    summary: 'state that an agreement has served its purpose; one enrolled person suffices',
    options: ['reason', 'by', ...here],
    notes: [],
    load: async () => (await import('./agreement/state.ts')).complete,
  },
  'agreement resume-statement': {
    ...one,
    summary: 'prepare the statement that two persons sign to end a suspension',
    options: ['reason', 'hours', ...here],
    notes: ['Sign it twice with `revier node sign-restart`, then hand it to `revier agreement resume`.'],
    load: async () => (await import('./agreement/resume.ts')).resumeStatement,
  },
  'agreement resume': {
    ...one,
    summary: 'end a suspension by a statement that two enrolled persons have signed',
    options: ['statement', ...here],
    notes: [],
    load: async () => (await import('./agreement/resume.ts')).resume,
  },
};
