/** The help: written from the list of commands and options, so that it cannot fall behind them. */
import type { Command } from './commands/command.ts';
import { commands } from './commands/commands.ts';
import { type OptionName, options } from './options.ts';

const exits = [
  'Exit codes',
  '  0  done; for an answer: complete',
  '  1  anything else: no profile, broker out of reach, not answered yet',
  '  2  called wrongly',
  '  3  answered in part: some holders are missing, the answer says which and why',
  '  4  refused, failed, or the answer does not verify',
];

export function generalHelp(): string {
  return [
    'revier: federated questions to decentralised health registers',
    '',
    'Usage: revier <command> [options]',
    '',
    'Commands',
    ...summaries([...commands]),
    '',
    '`revier <command> --help` tells its options; `revier --version` the version.',
    '',
    'Errors are told on stderr with a hint. With --json, stdout has one JSON value either way: the result,',
    'or problem details (RFC 9457); the exit code says which. When called wrongly, stdout stays empty.',
    '',
    ...exits,
  ].join('\n');
}

/** For a first word that several commands share. */
export const groupHelp = (word: string, under: readonly (readonly [string, Command])[]): string =>
  [`Usage: revier ${word} <command> [options]`, '', 'Commands', ...summaries(under)].join('\n');

function summaries(listed: readonly (readonly [string, Command])[]): string[] {
  const calls = listed.map(([name, { operands, summary }]) => [`${name} ${operands}`, summary] as const);
  const width = Math.max(...calls.map(([call]) => call.length));
  return calls.map(([call, summary]) => `  ${call.padEnd(width)}  ${summary}`);
}

export function commandHelp(name: string, { operands, summary, options: names, notes, exits: own }: Command): string {
  const rows = names.map((option) => [optionText(option), options[option].help] as const);
  const width = Math.max(...rows.map(([text]) => text.length));
  return [
    `revier ${name}: ${summary}`,
    '',
    `Usage: revier ${name}${operands === '' ? '' : ` ${operands}`} [options]`,
    ...(notes.length === 0 ? [] : ['', ...notes]),
    '',
    'Options',
    ...rows.map(([text, help]) => `  ${text.padEnd(width)}  ${help}`),
    '',
    ...(own ?? exits),
  ].join('\n');
}

function optionText(name: OptionName): string {
  const option = options[name];
  const short = 'short' in option ? `-${option.short}, ` : '    ';
  return `${short}--${name}${'value' in option ? ` <${option.value}>` : ''}`;
}
