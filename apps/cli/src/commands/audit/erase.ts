/** `revier audit erase`: the node forgets whom old entries are about; nobody can tell any more, and the log verifies as before. */
import { Timestamp } from '@revier/schema';
import { z } from 'zod';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { askOwnNode } from '../../node/owner.ts';
import { UsageError } from '../../options.ts';
import { langOf } from '../../terminal.ts';

const Done = z.object({ erased: z.int(), before: Timestamp });

export async function erase(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  if (flags.by === undefined) throw new UsageError('Say who erases with --by: it is entered into the log.');
  const before = flags.before === undefined ? {} : { before: new Date(flags.before).toISOString() };
  const done = await askOwnNode(context, '/v1/audit/erase', Done, { by: flags.by, ...before });
  const german = (flags.lang ?? langOf(terminal)) === 'de';
  const told = german
    ? `Vergessen, wer gemeint war: ${done.erased} Einträge vor ${done.before}.`
    : `Forgotten who was meant: ${done.erased} entries before ${done.before}.`;
  await put(context, flags.json ? asJson(done) : told);
  return exitCodes.answered;
}
