/** `revier token`: an access token for curl, good for five minutes. */
import { accessToken } from '@revier/connector-sdk';
import { type Context, type ExitCode, exitCodes, put, sessionOf } from '../context.ts';

export async function token(context: Context): Promise<ExitCode> {
  const { profile, credential, clock } = await sessionOf(context);
  const { signer, brokerId: aud, realm } = profile;
  const now = clock();
  await put(
    context,
    await accessToken({ signer, iss: credential.sub, aud, realm, now, credential: profile.credential }),
  );
  return exitCodes.answered;
}
