/** `revier answer`: prints an answer that was asked for earlier. */
import { fetchAnswer } from '../ask/ask.ts';
import { reached } from '../ask/enter.ts';
import { type Context, type ExitCode, loggedInSessionOf } from '../context.ts';
import { printAnswer } from './print-answer.ts';
import { queryIdOf } from './query-id.ts';
import { withdrawals } from './withdrawals.ts';

export async function answer(context: Context): Promise<ExitCode> {
  const queryId = queryIdOf(context);
  const session = await loggedInSessionOf(context);
  const faults: string[] = [];
  const found = await fetchAnswer(session, queryId, { onWarning: (fault) => faults.push(fault) });
  const { profile, client } = session;
  const state = await reached(profile, () => client.queryState(queryId));
  for (const line of await withdrawals(session, state)) context.terminal.stderr.write(`${line}\n`);
  return printAnswer(context, found, faults);
}
