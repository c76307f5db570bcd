/** `revier credential request`: makes a person's key, and prints its public half for their organisation. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPair, PrivateKey, publicKeyOf, textOf, writeWhole } from '@revier/connector-sdk';
import { asJson, type Context, type ExitCode, exitCodes, folderOf, put } from '../../context.ts';
import { fitting, participantFiles, pretty } from '../../participant/participant.ts';
import { readKeyFile } from '../../profile/key-file.ts';

export async function request(context: Context): Promise<ExitCode> {
  const folder = folderOf(context);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, participantFiles.key);
  const isThere = (await textOf(file)) !== undefined;
  const privateKey = isThere
    ? fitting(await readKeyFile(file), PrivateKey, participantFiles.key)
    : (await generateKeyPair()).privateKey;
  if (!isThere) await writeWhole(file, pretty(privateKey));
  await put(context, asJson(publicKeyOf(privateKey)));
  return exitCodes.answered;
}
