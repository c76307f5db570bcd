/** `revier audit export`: the log as JSON lines, as the node or the broker gives it. */
import { type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { logFrom } from '../../node/owner.ts';
import { UsageError } from '../../options.ts';

export async function exportLog(context: Context): Promise<ExitCode> {
  const [which = 'node'] = context.positionals;
  if (which !== 'node' && which !== 'broker') throw new UsageError('Say broker, or nothing for the node itself.');
  await put(context, await logFrom(context, which));
  return exitCodes.answered;
}
