/** `revier cancel`: nobody is asked any more, and no answer comes. */
import { reached } from '../ask/enter.ts';
import { type Context, type ExitCode, exitCodes, loggedInSessionOf } from '../context.ts';
import { queryIdOf } from './query-id.ts';

export async function cancel(context: Context): Promise<ExitCode> {
  const queryId = queryIdOf(context);
  const { profile, client } = await loggedInSessionOf(context);
  await reached(profile, () => client.cancel(queryId));
  context.terminal.stderr.write(`Query ${queryId} is cancelled, unless it had ended before.\n`);
  return exitCodes.answered;
}
