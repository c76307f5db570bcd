/** A participant's folder as the command line reads it: who it is, with which key, at which broker; a node's folder will do as well. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigner, PrivateKey, type Signer, textOf, writeWhole } from '@revier/connector-sdk';
import { AppError, GeneralJws, KeyId, ParticipantId, Realm } from '@revier/schema';
import { z } from 'zod';
import { readKeyFile } from '../profile/key-file.ts';

/** `participant.json` of an operator or a data user; `node.json` says the same, and more. */
const Settings = z.object({
  participant: ParticipantId,
  realm: Realm,
  pinnedSigners: z.array(KeyId).min(1).max(50),
  broker: z.object({ id: ParticipantId, url: z.url({ protocol: /^https?$/ }) }),
});
export type ParticipantSettings = z.infer<typeof Settings>;

export const participantFiles = {
  settings: 'participant.json',
  node: 'node.json',
  key: 'key.jwk',
  trustList: 'trust-list.json',
} as const;

export interface ParticipantFolder extends ParticipantSettings {
  /** The list to begin with. */
  readonly trustList: GeneralJws;
  readonly privateKey: PrivateKey;
}

export interface LoadedParticipant extends ParticipantFolder {
  readonly folder: string;
  readonly signer: Signer;
  readonly isNode: boolean;
}

export async function writeParticipant(folder: string, content: ParticipantFolder): Promise<void> {
  const { trustList, privateKey, ...settings } = content;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(join(folder, participantFiles.key), pretty(privateKey));
  await writeWhole(join(folder, participantFiles.trustList), pretty(trustList));
  await writeWhole(join(folder, participantFiles.settings), pretty(Settings.parse(settings)));
}

export const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** @throws AppError PROFILE_MISSING, PROFILE_UNFIT naming the file, KEY_EXPOSED */
export async function loadParticipant(folder: string): Promise<LoadedParticipant> {
  const own = await textOf(join(folder, participantFiles.settings));
  const node = own === undefined ? await textOf(join(folder, participantFiles.node)) : undefined;
  const text = own ?? node;
  if (text === undefined)
    throw new AppError('PROFILE_MISSING', { detail: `There is neither participant.json nor node.json in ${folder}.` });
  const settings = fitting(text, Settings, own === undefined ? participantFiles.node : participantFiles.settings);
  const list = (await textOf(join(folder, participantFiles.trustList))) ?? '';
  const privateKey = fitting(await readKeyFile(join(folder, participantFiles.key)), PrivateKey, participantFiles.key);
  return {
    ...settings,
    folder,
    isNode: own === undefined,
    trustList: fitting(list, GeneralJws, participantFiles.trustList),
    privateKey,
    signer: await createSigner(privateKey),
  };
}

/** Names the file, never its content: it may be a key. */
export function fitting<S extends z.ZodType>(text: string, schema: S, name: string): z.output<S> {
  const result = schema.safeParse(parsed(text));
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({ pointer: `/${path.join('/')}`, detail: message }));
  throw new AppError('PROFILE_UNFIT', { detail: `${name} does not fit.`, errors });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
