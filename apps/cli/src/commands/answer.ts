/** `revier answer`: prints an answer that was asked for earlier. */
import { fetchAnswer } from '../ask/ask.ts';
import { type Context, type ExitCode, loggedInSessionOf } from '../context.ts';
import { printAnswer } from './print-answer.ts';
import { queryIdOf } from './query-id.ts';

export async function answer(context: Context): Promise<ExitCode> {
  const queryId = queryIdOf(context);
  const session = await loggedInSessionOf(context);
  const faults: string[] = [];
  const found = await fetchAnswer(session, queryId, { onWarning: (fault) => faults.push(fault) });
  return printAnswer(context, found, faults);
}
