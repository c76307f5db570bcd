/** `revier status`: where a query is. */
import { reached } from '../ask/enter.ts';
import { asJson, type Context, type ExitCode, exitCodes, loggedInSessionOf, put } from '../context.ts';
import { progressText } from '../progress.ts';
import { stateCodes } from './print-answer.ts';
import { queryIdOf } from './query-id.ts';
import { withdrawals } from './withdrawals.ts';

export async function status(context: Context): Promise<ExitCode> {
  const queryId = queryIdOf(context);
  const session = await loggedInSessionOf(context);
  const { profile, client } = session;
  const state = await reached(profile, () => client.queryState(queryId));
  const text = `${state.state}: ${progressText(state)}; deadline ${state.deadline}`;
  await put(context, context.flags.json ? asJson(state) : [text, ...(await withdrawals(session, state))].join('\n'));
  return state.state === 'accepted' || state.state === 'running' ? exitCodes.other : stateCodes[state.state];
}
