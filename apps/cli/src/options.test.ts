/** How the program is called, rightly and wrongly. */
import { describe, expect, it } from 'vitest';
import { commands } from './commands/commands.ts';
import { commandHelp, generalHelp } from './help.ts';
import { options, parseOptions, UsageError } from './options.ts';

const query = commands.get('query')?.options ?? [];

describe('options', () => {
  it('are parsed into numbers and switches, with a file to read', () => {
    const { flags, positionals } = parseOptions(
      ['question.json', '--wait', '5', '--deadline=60', '-o', 'a.csv'],
      query,
    );
    expect(positionals).toEqual(['question.json']);
    expect(flags).toMatchObject({ wait: 5, deadline: 60, out: 'a.csv', json: false });
  });

  it('leave a dash to mean what is piped in', () => {
    expect(parseOptions(['-'], query).positionals).toEqual(['-']);
  });

  it.each([
    [['--deadline', '0'], /--deadline: expected 1 at least/],
    [['--deadline', '3601'], /--deadline: expected 3600 at most/],
    [['--deadline', '1e3'], /--deadline: expected whole seconds/],
    [['--wait', '-1'], /--wait/],
    [['--lang', 'fr'], /--lang: expected de or en/],
    [['--json', '--csv'], /--csv: cannot stand beside --json/],
    [['--profile', ''], /--profile/],
    [['--unknown'], /--unknown/],
    [['--json=yes'], /--json/],
  ])('%j are a fault of usage', (args, message) => {
    expect(() => parseOptions(args, query)).toThrow(UsageError);
    expect(() => parseOptions(args, query)).toThrow(message);
  });

  it('of another command are refused', () => {
    expect(() => parseOptions(['--csv'], commands.get('token')?.options ?? [])).toThrow(UsageError);
  });
});

describe('help', () => {
  it('names every command and every exit code', () => {
    const text = generalHelp();
    for (const name of commands.keys()) expect(text).toContain(`  ${name}`);
    for (const code of [0, 1, 2, 3, 4]) expect(text).toMatch(new RegExp(`^  ${code}  \\S`, 'm'));
  });

  it.each([...commands])('of %s tells each of its options', (name, command) => {
    const text = commandHelp(name, command);
    for (const option of command.options) {
      expect(text).toContain(`--${option}`);
      expect(text).toContain(options[option].help);
    }
  });
});
