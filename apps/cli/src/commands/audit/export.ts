/** `revier audit export`: the log as JSON lines, as the node or the broker gives it. */
import { ProblemError } from '@revier/connector-sdk';
import { AppError, Problem } from '@revier/schema';
import { type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { doorTo } from './owner.ts';

export async function exportLog(context: Context): Promise<ExitCode> {
  const [which = 'node'] = context.positionals;
  if (which !== 'node' && which !== 'broker') throw new UsageError('Say broker, or nothing for the node itself.');
  const { url, token } = await doorTo(context, which);
  const path = which === 'broker' ? '/v1/node/audit' : '/v1/audit/export';
  const reply = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } }).catch(
    (cause: unknown) => {
      throw new AppError('NODE_UNREACHABLE', { cause });
    },
  );
  if (!reply.ok) throw new ProblemError(Problem.parse(await reply.json()));
  await put(context, await reply.text());
  return exitCodes.answered;
}
