/** `revier credential issue`: an organisation vouches for a person's key; what is printed is that person's profile. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { signCredential } from '@revier/connector-sdk';
import { AppError, type Credential, Name, PublicKey, RegisterId } from '@revier/schema';
import { z } from 'zod';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { fitting } from '../../participant/participant.ts';
import { participantSession } from '../../participant/participant-session.ts';

const DAY_SECONDS = 86_400;
const DEFAULT_DAYS = 365;

export async function issue(context: Context): Promise<ExitCode> {
  const { positionals, flags, terminal } = context;
  const [file] = positionals;
  const sub = Name.safeParse(flags.name);
  const registers = z.array(RegisterId).min(1).safeParse(flags.registers?.split(','));
  if (file === undefined || !sub.success || !registers.success)
    throw new UsageError(
      'Name the file with the public key, --name (a pseudonym of letters and digits), --registers and --folder.',
    );
  const { own, keeper, brokerUrl } = await participantSession(context);
  if (!keeper.participant(own.participant)?.roles.includes('data-user'))
    throw new AppError('FORBIDDEN', { detail: 'Only a data user may vouch for persons.' });
  const iat = Math.floor(terminal.clock().getTime() / 1000);
  const credential: Credential = {
    iss: own.participant,
    sub: sub.data,
    key: fitting(await readFile(resolve(terminal.cwd, file), 'utf8'), PublicKey, file),
    roles: ['researcher'],
    registers: registers.data,
    realm: own.realm,
    iat,
    exp: iat + (flags.days ?? DEFAULT_DAYS) * DAY_SECONDS,
  };
  const { realm, pinnedSigners, broker } = own;
  const profile = {
    ...{ broker: brokerUrl, brokerId: broker.id, realm, pinnedSigners },
    credential: await signCredential(credential, own.signer),
    key: 'key.jwk',
  };
  await put(context, asJson(profile));
  return exitCodes.answered;
}
