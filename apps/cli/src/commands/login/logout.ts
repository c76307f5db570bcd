/** `revier logout`: ends the session. */
import { type Context, type ExitCode, exitCodes, profileOf } from '../../context.ts';
import { logOut } from '../../login/log-out.ts';

export async function logout(context: Context): Promise<ExitCode> {
  const told = await logOut(await profileOf(context));
  const note = told ? '' : ' The provider could not be told; the session ends there by itself.';
  context.terminal.stderr.write(`You are logged out.${note}\n`);
  return exitCodes.answered;
}
