/** `revier operator enrolments`: who asks to stand in the trust list. */
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { participantSession } from '../../participant/participant-session.ts';
import { plain } from '../../render/plain-text.ts';
import { verifiedRequests } from './requests.ts';

export async function enrolments(context: Context): Promise<ExitCode> {
  const requests = await verifiedRequests(await participantSession(context));
  const lines = requests.map(({ enrolment: { id, name, roles, replaces }, fingerprint, received }) =>
    [
      `${id} (${plain(name)}) as ${roles.join(', ')}${replaces === null ? '' : ', a new key'}`,
      `  fingerprint ${fingerprint}`,
      `  received ${received}`,
    ].join('\n'),
  );
  const text = lines.length === 0 ? 'Nobody asks.' : lines.join('\n');
  await put(context, context.flags.json ? asJson(requests) : text);
  return exitCodes.answered;
}
