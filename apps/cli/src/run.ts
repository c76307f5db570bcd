/** The program: finds the command, runs it, and turns whatever happens into words and an exit code. */
import { type Called, commandsUnder, findCommand } from './commands/commands.ts';
import { asJson, type ExitCode, exitCodes } from './context.ts';
import { commandHelp, generalHelp, groupHelp } from './help.ts';
import { parseOptions, UsageError } from './options.ts';
import { plain } from './render/plain-text.ts';
import { exitCodeOf, problemIn, problemText } from './report.ts';
import { isColoured, type Terminal } from './terminal.ts';
import { version } from './version.ts';

export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await dispatched(args, terminal);
  } catch (error) {
    return told(error, args, terminal);
  }
}

async function dispatched(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [first] = args;
  if (first === '--version') return said(terminal, version);
  if (first === '--help' || first === '-h' || first === 'help') return said(terminal, generalHelp());
  if (first === undefined) throw new UsageError('Name a command.');
  const called = findCommand(args);
  if (called === undefined) return groupOrFault(first, args, terminal);
  const { flags, positionals } = parseOptions(called.rest, called.command.options);
  if (flags.help) return said(terminal, commandHelp(called.name, called.command));
  assertOperands(called, positionals);
  const run = await called.command.load();
  return run({ flags, positionals, terminal });
}

/** `revier node` and `revier node --help` list what there is; `revier node stpo` is a fault. */
function groupOrFault(word: string, [, second = '--help', ...more]: readonly string[], terminal: Terminal): ExitCode {
  const under = commandsUnder(word);
  if (under.length === 0) throw new UsageError(`There is no command "${word}".`);
  if (more.length === 0 && (second === '--help' || second === '-h')) return said(terminal, groupHelp(word, under));
  throw new UsageError(`There is no command "${word} ${second}".`);
}

function assertOperands({ name, command: { most } }: Called, positionals: readonly string[]): void {
  if (positionals.length > most)
    throw new UsageError(
      `"${positionals[most]}" is too much: revier ${name} takes ${most === 0 ? 'no' : most} operand.`,
    );
}

function said({ stdout }: Terminal, text: string): ExitCode {
  stdout.write(`${text}\n`);
  return exitCodes.answered;
}

function told(error: unknown, args: readonly string[], { stdout, stderr }: Terminal): ExitCode {
  const own = faultsOf(args);
  const problem = problemIn(error);
  if (problem !== undefined) {
    stderr.write(problemText(problem, isColoured(stderr)));
    if (args.includes('--json')) stdout.write(`${asJson(problem)}\n`);
    return own ?? exitCodeOf(problem);
  }
  const message = error instanceof Error ? error.message : String(error);
  stderr.write(`error: ${plain(message)}\n`);
  if (!(error instanceof UsageError)) return exitCodes.other;
  const [word = ''] = args;
  const name = findCommand(args)?.name ?? (commandsUnder(word).length > 0 ? word : undefined);
  stderr.write(`  hint: revier ${name === undefined ? '' : `${name} `}--help\n`);
  return own ?? exitCodes.usage;
}

/** Also of a second word that is none: whoever mistypes `audit verify` must not read a finding. */
function faultsOf(args: readonly string[]): ExitCode | undefined {
  const [word = ''] = args;
  const called = findCommand(args)?.command;
  return (called === undefined ? commandsUnder(word).map(([, command]) => command) : [called]).find(
    ({ faults }) => faults !== undefined,
  )?.faults;
}
