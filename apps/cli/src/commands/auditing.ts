/** The commands of who audits: logs exported, verified offline, held against each other, and read at the holder. */
import type { CommandGroup } from './command.ts';

const exits = [
  'Exit codes',
  '  0  it holds',
  '  1  no finding: called wrongly, a file that cannot be read or is no export, a trust list that is not in force,',
  '     decisions of another version of the evaluator; nothing is said about the log then',
  '  2  tampered',
  '  3  incomplete: less is here than was signed or seen',
  '  4  unwitnessed: nobody else vouches for it',
];
const base = ['folder', 'json', 'lang', 'out', 'help'] as const;

export const auditing: CommandGroup = {
  'audit export': {
    summary: 'export the log of a running node as JSON lines, without a name in it',
    operands: '[broker]',
    most: 1,
    options: ['folder', 'out', 'help'],
    notes: ['With "broker": the log of the broker, which every participant may read.'],
    load: async () => (await import('./audit/export.ts')).exportLog,
  },
  'audit verify': {
    summary: 'verify an exported log, offline',
    operands: '<full|inclusion|consistency|receipt> <export> [..]',
    most: 20,
    options: ['witnesses', ...base],
    notes: [
      'full <export> [exports of others]      every entry, every checkpoint, the witnesses, and what others have seen of it',
      'inclusion <export> <index>             one entry stands under the newest witnessed checkpoint',
      'consistency <earlier> <later>          the later export goes on from the earlier one',
      'receipt <export> <receipt.jws>         what a holder has said to you stands in its log',
      'Whose keys count: the trust list in the folder of a node or broker (--folder).',
    ],
    exits,
    faults: 1,
    load: async () => (await import('./audit/verify.ts')).verify,
  },
  'audit reconcile': {
    summary: "hold the broker's log against a node's, and make every decision again",
    operands: '<export of the broker> <export of the node>',
    most: 2,
    options: base,
    notes: [
      'What stands at the node alone is listed: late is nobody’s fault, when it was decided after the query had ended (0);',
      'what the broker should have had by then and has not entered is (3).',
    ],
    exits,
    faults: 1,
    load: async () => (await import('./audit/reconcile.ts')).reconcile,
  },
  'audit who': {
    summary: 'who asked about this, why, and what left; at the holder, and the reading is entered',
    operands: '',
    most: 0,
    options: ['about', 'area', 'since', 'by', ...base],
    notes: ['revier audit who --folder nodes/registry --about C18 --area 05911 --by "A. Officer"'],
    load: async () => (await import('./audit/who.ts')).who,
  },
  'audit erase': {
    summary: 'forget at the holder whom old entries are about; the log stays as it is, and tells that it was done',
    operands: '',
    most: 0,
    options: ['before', 'by', ...base],
    notes: [
      'Without --before: what is older than `openingsKeptDays` in node.json, three years; the node does that by itself as well.',
    ],
    load: async () => (await import('./audit/erase.ts')).erase,
  },
};
