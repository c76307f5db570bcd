/** `revier operator invite`: a code for somebody new, good once, for fifteen minutes. */
import { makeInvitation } from '@revier/connector-sdk';
import { type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { participantSession } from '../../participant/participant-session.ts';

export async function invite(context: Context): Promise<ExitCode> {
  const { office, keeper } = await participantSession(context);
  const { code, hash } = makeInvitation(keeper.list);
  const { expires } = await office.invite(hash);
  context.terminal.stderr.write(`Good once, until ${expires}. Hand it over on a line that is not the broker's.\n`);
  await put(context, code);
  return exitCodes.answered;
}
