/** Signing a statement about an application: shown first, then signed with a key that never leaves this machine. */
import { resolve } from 'node:path';
import { createSigner, PrivateKey } from '@revier/connector-sdk';
import { AppError, type CompactJws, PeopleRoll, type SignatureKind, type StaffRole } from '@revier/schema';
import { asJson, type Context } from '../../context.ts';
import { nodeAtHand } from '../../node/admin-port.ts';
import { UsageError } from '../../options.ts';
import { readKeyFile } from '../../profile/key-file.ts';
import { plain } from '../../render/plain-text.ts';

/** @throws UsageError naming the file, never what is in it */
export async function keyIn({ flags, terminal }: Context): Promise<PrivateKey> {
  if (flags.key === undefined) throw new UsageError('Name your key with --key.');
  try {
    return PrivateKey.parse(JSON.parse(await readKeyFile(resolve(terminal.cwd, flags.key))));
  } catch (error) {
    // The cause is left out: a parser's message quotes what it read.
    throw error instanceof AppError ? error : new UsageError(`${flags.key} holds no Ed25519 private key as JWK.`);
  }
}

export async function signShown(context: Context, kind: SignatureKind, statement: object): Promise<CompactJws> {
  const signer = await createSigner(await keyIn(context));
  showWhatIsSigned(context, statement);
  return signer.sign(kind, statement);
}

export function showWhatIsSigned({ terminal }: Context, statement: object): void {
  const lines = asJson(statement)
    .split('\n')
    .map((line) => `  ${plain(line)}`);
  terminal.stderr.write(`You sign:\n${lines.join('\n')}\n`);
}

/** Of whom the key belongs to, as enrolled; else as `--role` says. */
export async function roleIn(context: Context): Promise<StaffRole> {
  const { flags } = context;
  if (flags.role !== undefined) return flags.role;
  if (flags.key === undefined) throw new UsageError('Say in which role with --role, or name your key with --key.');
  const { kid } = await createSigner(await keyIn(context));
  const { people } = await (await nodeAtHand(context)).get('/v1/people', PeopleRoll);
  const found = people.find((person) => person.kid === kid);
  if (found === undefined) throw new AppError('KEY_UNKNOWN', { detail: 'The key is not enrolled at this node.' });
  return found.role;
}

const DAY = 86_400;

/** From now on, two weeks unless said otherwise. */
export function validity({ flags, terminal }: Context, days = 14): { readonly iat: number; readonly exp: number } {
  const iat = Math.floor(terminal.clock().getTime() / 1000);
  return { iat, exp: iat + (flags.days ?? days) * DAY };
}
