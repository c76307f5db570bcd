/** The commands of who takes part: inviting, joining, the trust list, and who may ask in an organisation's name. */
import type { CommandGroup } from './command.ts';

const here = ['folder', 'broker', 'json', 'out', 'help'] as const;
const lists = { operands: '', most: 0, options: here, notes: [] } as const;

const operator: CommandGroup = {
  'operator invite': {
    ...lists,
    summary: 'make a code for somebody new: good once, for fifteen minutes',
    load: async () => (await import('./operator/invite.ts')).invite,
  },
  'operator enrolments': {
    ...lists,
    summary: 'list who asks to stand in the trust list, with fingerprints',
    load: async () => (await import('./operator/enrolments.ts')).enrolments,
  },
  'operator admit': {
    summary: 'draft the next trust list with whoever has read this fingerprint to you',
    operands: '<fingerprint>',
    most: 1,
    options: ['days', 'sector', ...here],
    notes: [
      'For a new key of somebody, --days says how long the old one goes on counting.',
      '--sector says what kind of organisation it is: purposes of public bodies are for nobody else.',
    ],
    load: async () => (await import('./operator/admit.ts')).admit,
  },
  'operator revoke': {
    summary: 'draft the next trust list without a participant, or without one key',
    operands: '<participant|key id>',
    most: 1,
    options: here,
    notes: [
      'It is in force once enough holders have signed. Hand it to every timestamper beside the broker: revier node trust-list.',
    ],
    load: async () => (await import('./operator/revoke.ts')).revoke,
  },
};

const joining: CommandGroup = {
  'node enrol': {
    summary: 'join: make keys, ask with a code, wait for admission, write a folder that starts',
    operands: '<code>',
    most: 1,
    options: ['broker', 'id', 'name', 'as', 'wait', 'folder', 'out', 'help'],
    notes: [
      'revier node enrol <code> --broker https://broker.example --id did:web:clinic.example --name "Clinic" --folder clinic',
    ],
    load: async () => (await import('./node/enrol.ts')).enrol,
  },
  'node rotate-key': {
    summary: 'take a new key; the old one goes on counting for a while',
    operands: '',
    most: 0,
    options: ['wait', 'folder', 'broker', 'out', 'help'],
    notes: ['Restart the node afterwards. Have your agreements signed anew before the old key ends.'],
    load: async () => (await import('./node/rotate-key.ts')).rotateKey,
  },
  'node trust-list': {
    summary: 'tell a node of a newer trust list that came on another way than through the broker',
    operands: '<file>',
    most: 1,
    options: ['folder', 'broker', 'out', 'help'],
    notes: [
      'The file is what `revier trust show --json` prints. Every holder whose node timestamps does this after a revocation.',
    ],
    load: async () => (await import('./node/trust-list.ts')).trustList,
  },
};

const trust: CommandGroup = {
  'trust show': {
    summary: 'show who takes part, or with --draft what the next list would change',
    operands: '',
    most: 0,
    options: ['draft', ...here],
    notes: [],
    load: async () => (await import('./trust/show.ts')).show,
  },
  'trust sign': {
    summary: 'sign the next trust list, if it is the very one that you have read and compared',
    operands: '<fingerprint of the draft>',
    most: 1,
    options: here,
    notes: ['Read `revier trust show --draft` first, and compare the fingerprint with the operator on another line.'],
    load: async () => (await import('./trust/sign.ts')).sign,
  },
  'trust publish': {
    summary: 'bring a signed trust list to the broker',
    operands: '<file>',
    most: 1,
    options: ['folder', 'broker', 'out', 'help'],
    notes: [],
    load: async () => (await import('./trust/publish.ts')).publish,
  },
};

const credentials: CommandGroup = {
  'credential request': {
    summary: 'make a key of your own and print its public half for your organisation',
    operands: '',
    most: 0,
    options: ['folder', 'out', 'help'],
    notes: ['revier credential request --folder ~/.revier -o request.json'],
    load: async () => (await import('./credential/request.ts')).request,
  },
  'credential issue': {
    summary: 'vouch for a person’s key in the name of your organisation; prints the profile of that person',
    operands: '<file>',
    most: 1,
    options: ['name', 'registers', 'days', 'folder', 'broker', 'out', 'help'],
    notes: [
      'revier credential issue request.json --name r7 --registers urn:revier:register:colorectal-ruhr --folder university -o profile.json',
      'The person puts it beside their key, as ~/.revier/profile.json.',
    ],
    load: async () => (await import('./credential/issue.ts')).issue,
  },
};

export const enrolling: CommandGroup = { ...operator, ...joining, ...trust, ...credentials };
