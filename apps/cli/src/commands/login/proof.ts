/** `revier proof`: the headers of one request, for curl. */
import { authorizePerson } from '@revier/connector-sdk';
import { type Context, type ExitCode, exitCodes, profileOf, put } from '../../context.ts';
import { accessTokenOf } from '../../login/access.ts';
import { UsageError } from '../../options.ts';

export async function proof(context: Context): Promise<ExitCode> {
  const { positionals, terminal } = context;
  const [method = '', address = ''] = positionals;
  const url = URL.parse(address);
  if (!/^[A-Z]{3,10}$/.test(method) || url === null)
    throw new UsageError('Name the method and the whole address: revier proof GET http://127.0.0.1:7400/v1/queries');
  const profile = await profileOf(context);
  // A token and a proof for a stranger's address would be theirs to use.
  if (url.origin !== new URL(profile.broker).origin)
    throw new UsageError(`The address is not at the broker of the profile, ${profile.broker}.`);
  const { keys, credential } = profile;
  const clock = terminal.clock;
  const authorize = authorizePerson({ accessToken: accessTokenOf(profile, clock), keys, credential, clock });
  const headers = await authorize({ method, url: url.href });
  await put(
    context,
    Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
  );
  return exitCodes.answered;
}
