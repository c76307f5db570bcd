/** `revier sign`: the signed query alone, for curl and programs. */
import { signQuestion } from '../ask/sign.ts';
import { asJson, type Context, type ExitCode, exitCodes, put, sessionOf } from '../context.ts';
import { readQuestion } from '../read-question.ts';

export async function sign(context: Context): Promise<ExitCode> {
  const question = await readQuestion(context.positionals[0], context.terminal);
  const session = await sessionOf(context);
  const { deadline, 'dry-run': dryRun } = context.flags;
  const { signed } = await signQuestion(session, question, { deadlineSeconds: deadline, dryRun });
  await put(context, asJson(signed));
  return exitCodes.answered;
}
