/** The list of commands, group by group. */
import { agreements } from './agreements.ts';
import { asking } from './asking.ts';
import { auditing } from './auditing.ts';
import type { Command, CommandGroup } from './command.ts';
import { enrolling } from './enrolling.ts';
import { inbox } from './inbox.ts';
import { incidents } from './incidents.ts';
import { operating } from './operating.ts';
import { people } from './people.ts';
import { registers } from './registers.ts';

const groups: readonly CommandGroup[] = [
  asking,
  people,
  operating,
  enrolling,
  agreements,
  auditing,
  incidents,
  inbox,
  registers,
];

/** By name, of one word or two. */
export const commands: ReadonlyMap<string, Command> = new Map(groups.flatMap((group) => Object.entries(group)));

export interface Called {
  readonly name: string;
  readonly command: Command;
  /** What follows the name. */
  readonly rest: readonly string[];
}

/** Two words win over one. */
export function findCommand(args: readonly string[]): Called | undefined {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ');
    const command = args.length < words ? undefined : commands.get(name);
    if (command !== undefined) return { name, command, rest: args.slice(words) };
  }
  return undefined;
}

/** The commands that begin with this word: `node` alone is a question for them. */
export const commandsUnder = (word: string): readonly [string, Command][] =>
  [...commands].filter(([name]) => name.startsWith(`${word} `));
