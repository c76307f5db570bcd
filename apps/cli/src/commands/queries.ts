/** `revier queries`: one's own, newest first. */
import { reached } from '../ask/enter.ts';
import { asJson, type Context, type ExitCode, exitCodes, loggedInSessionOf, put } from '../context.ts';
import { plain } from '../render/plain-text.ts';

export async function queries(context: Context): Promise<ExitCode> {
  const { profile, client } = await loggedInSessionOf(context);
  const page = await reached(profile, () => client.queries());
  const lines = page.queries.map(
    ({ queryId, asked, state, register }) => `${queryId}  ${asked}  ${state}  ${register}`,
  );
  const text = lines.length === 0 ? 'No queries yet.' : lines.map(plain).join('\n');
  await put(context, context.flags.json ? asJson(page.queries) : text);
  return exitCodes.answered;
}
