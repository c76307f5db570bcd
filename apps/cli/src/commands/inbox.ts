/** The commands of a data steward: what waits in the inbox, how it looks, limiting it, and what people sign about it. */
import type { CommandGroup } from './command.ts';

const here = ['folder', 'json', 'out', 'help'] as const;
const exits = ['Exit codes', '  0  done', '  1  anything else', '  2  called wrongly', '  4  refused by the node'];
const signing = [
  'With --key it is signed and handed in at once. Without, the statement is printed: sign it elsewhere with',
  '`revier inbox sign`, and hand it in with --statement.',
];

export const inbox: CommandGroup = {
  'inbox list': {
    summary: 'list applications: what waits for whom, and what became of it',
    operands: '',
    most: 0,
    options: ['lang', ...here],
    notes: [],
    exits,
    load: async () => (await import('./inbox/list.ts')).list,
  },
  'inbox show': {
    summary: 'show an application in words: terms, tables, findings, past questions, who has signed',
    operands: '<id>',
    most: 1,
    options: ['lang', ...here],
    notes: ['The beginning of the id will do.'],
    exits,
    load: async () => (await import('./inbox/show.ts')).show,
  },
  'inbox limit': {
    summary: 'grant less than was asked for: the data user is offered the limited draft once it is approved',
    operands: '<id>',
    most: 1,
    options: [
      ...(['spatial', 'temporal', 'age', 'k', 'max-dimensions', 'tables', 'without-variable'] as const),
      ...(['budget-cells', 'questions', 'until', 'condition', 'from', 'days', 'key', 'statement', 'lang'] as const),
      ...here,
    ],
    notes: [
      'Tables that are finer are dropped. --from takes an edited agreement instead of flags.',
      ...signing,
      'Whoever limits a draft is its author, and does not approve it.',
    ],
    exits,
    load: async () => (await import('./inbox/limit.ts')).limit,
  },
  'inbox approve': {
    summary: 'approve a draft, in the role that the key is enrolled in',
    operands: '<id>',
    most: 1,
    options: ['role', 'days', 'key', 'statement', ...here],
    notes: signing,
    exits,
    load: async () => (await import('./inbox/decide.ts')).approve,
  },
  'inbox reject': {
    summary: 'reject an application: one person who decides suffices',
    operands: '<id>',
    most: 1,
    options: ['reason', 'role', 'days', 'key', 'statement', ...here],
    notes: [...signing, 'The data user is told the reason.'],
    exits,
    load: async () => (await import('./inbox/decide.ts')).reject,
  },
  'inbox opinion': {
    summary: 'give the opinion of the data protection officer: advice, and no approval',
    operands: '<id>',
    most: 1,
    options: ['verdict', 'text', 'condition', 'days', 'key', 'statement', ...here],
    notes: signing,
    exits,
    load: async () => (await import('./inbox/decide.ts')).opinion,
  },
  'inbox sign': {
    summary: 'put your signature under a prepared statement: approval, rejection, opinion, limit, standing policy',
    operands: '<file>',
    most: 1,
    options: ['key', 'out', 'help'],
    notes: [
      'revier inbox sign approval.json --key steward.jwk -o approval-signed.json',
      'A standing policy takes two signatures.',
    ],
    exits,
    load: async () => (await import('./inbox/sign.ts')).sign,
  },
  'inbox policy': {
    summary: 'list standing policies; prepare, give or end one',
    operands: '<list|prepare|give|end>',
    most: 1,
    options: ['from', 'name', 'days', 'by', 'statement', ...here],
    notes: [
      'prepare --from policy.json takes {name, decides, reason, when}; two who decide sign it (revier inbox sign);',
      'give --statement hands it in; end --name --by ends one.',
    ],
    exits,
    load: async () => (await import('./inbox/policy.ts')).policy,
  },
};
