/** The commands of whoever logs in: in, out, who am I, and what curl needs. */
import { everywhere } from './asking.ts';
import type { CommandGroup } from './command.ts';

export const people: CommandGroup = {
  login: {
    summary: 'log in: for status, answer, queries and cancel; asking needs none',
    operands: '',
    most: 0,
    options: ['no-browser', ...everywhere],
    notes: [
      'Prints an address to open in a browser, and waits until you have logged in there. The tokens are bound to the key',
      'of your profile and kept in session.json beside it. Without a browser on this machine: --no-browser.',
    ],
    load: async () => (await import('./login/login.ts')).login,
  },
  logout: {
    summary: 'log out: forget the session here and at the provider',
    operands: '',
    most: 0,
    options: [...everywhere],
    notes: [],
    load: async () => (await import('./login/logout.ts')).logout,
  },
  whoami: {
    summary: 'tell whom the broker takes you for',
    operands: '',
    most: 0,
    options: ['json', 'out', ...everywhere],
    notes: [],
    load: async () => (await import('./login/whoami.ts')).whoami,
  },
  proof: {
    summary: 'print the headers that curl needs for one request',
    operands: '<method> <url>',
    most: 2,
    options: ['out', ...everywhere],
    notes: ['Good for this very request, once, within two minutes:', 'revier proof GET $URL | curl -H @- $URL'],
    load: async () => (await import('./login/proof.ts')).proof,
  },
};
