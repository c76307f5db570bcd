/** The program: finds the command, runs it, and turns whatever happens into words and an exit code. */
import { type Command, commands } from './commands/commands.ts';
import { asJson, type ExitCode, exitCodes } from './context.ts';
import { commandHelp, generalHelp } from './help.ts';
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

async function dispatched([name, ...rest]: readonly string[], terminal: Terminal): Promise<ExitCode> {
  if (name === '--version') return said(terminal, version);
  if (name === '--help' || name === '-h' || name === 'help') return said(terminal, generalHelp());
  if (name === undefined) throw new UsageError('Name a command.');
  const command = commands.get(name);
  if (command === undefined) throw new UsageError(`There is no command "${name}".`);
  const { flags, positionals } = parseOptions(rest, command.options);
  if (flags.help) return said(terminal, commandHelp(name, command));
  assertOperands(name, command, positionals);
  return command.run({ flags, positionals, terminal });
}

function assertOperands(name: string, { most }: Command, positionals: readonly string[]): void {
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
  const problem = problemIn(error);
  if (problem !== undefined) {
    stderr.write(problemText(problem, isColoured(stderr)));
    if (args.includes('--json')) stdout.write(`${asJson(problem)}\n`);
    return exitCodeOf(problem);
  }
  const message = error instanceof Error ? error.message : String(error);
  stderr.write(`error: ${plain(message)}\n`);
  if (!(error instanceof UsageError)) return exitCodes.other;
  const [name = ''] = args;
  stderr.write(`  hint: revier ${commands.has(name) ? `${name} ` : ''}--help\n`);
  return exitCodes.usage;
}
