/** `revier audit erase`: the node forgets whom old entries are about; nobody can tell any more, and the log verifies as before. */
import { ProblemError } from '@revier/connector-sdk';
import { AppError, Problem, Timestamp } from '@revier/schema';
import { z } from 'zod';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { langOf } from '../../terminal.ts';
import { doorTo } from './owner.ts';

const Done = z.object({ erased: z.int(), before: Timestamp });

export async function erase(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  if (flags.by === undefined) throw new UsageError('Say who erases with --by: it is entered into the log.');
  const { url, token } = await doorTo(context, 'node');
  const before = flags.before === undefined ? {} : { before: new Date(flags.before).toISOString() };
  const reply = await fetch(`${url}/v1/audit/erase`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ by: flags.by, ...before }),
  }).catch((cause: unknown) => {
    throw new AppError('NODE_UNREACHABLE', { cause });
  });
  if (!reply.ok) throw new ProblemError(Problem.parse(await reply.json()));
  const done = Done.parse(await reply.json());
  const german = (flags.lang ?? langOf(terminal)) === 'de';
  const told = german
    ? `Vergessen, wer gemeint war: ${done.erased} Einträge vor ${done.before}.`
    : `Forgotten who was meant: ${done.erased} entries before ${done.before}.`;
  await put(context, flags.json ? asJson(done) : told);
  return exitCodes.answered;
}
