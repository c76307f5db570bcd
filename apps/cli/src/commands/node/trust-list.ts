/** `revier node trust-list`: tells a node of a newer list that came on another way than through the broker. */
import { type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { participantSession } from '../../participant/participant-session.ts';
import { tellNode } from '../../participant/told-lists.ts';
import { viewIn } from '../trust/publish.ts';

export async function trustList(context: Context): Promise<ExitCode> {
  const session = await participantSession(context);
  await session.keeper.take(await viewIn(context));
  await tellNode(session);
  await put(context, `The node is told of version ${session.keeper.list.version}.`);
  return exitCodes.answered;
}
