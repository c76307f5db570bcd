/** `revier whoami`: whom the broker takes the person for. */
import { reached } from '../../ask/enter.ts';
import { asJson, type Context, type ExitCode, exitCodes, loggedInSessionOf, put } from '../../context.ts';
import { plain } from '../../render/plain-text.ts';

export async function whoami(context: Context): Promise<ExitCode> {
  const { profile, client } = await loggedInSessionOf(context);
  const me = await reached(profile, () => client.me());
  const lines = [
    `${me.subject} at ${me.issuer}`,
    `roles: ${me.roles.join(', ') || 'none'}`,
    `organisation: ${me.organisation ?? 'none'}`,
    `stands for: ${me.persons.join(', ') || 'nobody'}`,
  ];
  await put(context, context.flags.json ? asJson(me) : lines.map(plain).join('\n'));
  return exitCodes.answered;
}
