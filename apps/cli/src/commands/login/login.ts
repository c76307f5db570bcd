/** `revier login`: shows where to log in, and keeps the session. */
import { createInterface } from 'node:readline/promises';
import { Readable } from 'node:stream';
import { type Context, type ExitCode, exitCodes, profileOf } from '../../context.ts';
import { logIn } from '../../login/code-flow.ts';
import { writeSession } from '../../login/session-file.ts';
import type { Terminal } from '../../terminal.ts';

export async function login(context: Context): Promise<ExitCode> {
  const { terminal, flags } = context;
  const profile = await profileOf(context);
  const session = await logIn(profile, {
    now: terminal.clock,
    show: (address) => terminal.stderr.write(`Open this address in a browser and log in:\n\n  ${address}\n\n`),
    paste: flags['no-browser'] ? () => pastedAt(terminal) : undefined,
  });
  await writeSession(profile.file, session);
  terminal.stderr.write('You are logged in.\n');
  return exitCodes.answered;
}

async function pastedAt({ stdin, stderr }: Terminal): Promise<string> {
  stderr.write('The last page does not load. Paste its address (http://127.0.0.1/callback?…) here:\n');
  const lines = createInterface({ input: stdin instanceof Readable ? stdin : Readable.from(stdin) });
  for await (const line of lines) return line;
  return '';
}
