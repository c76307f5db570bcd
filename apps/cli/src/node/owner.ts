/** The folder of a node or broker: whose keys count, and the token that shows that one may read it. */
import { join, resolve } from 'node:path';
import { accessToken, createSigner, openTrustList, PrivateKey, type Trust } from '@revier/connector-sdk';
import { GeneralJws, KeyId, ParticipantId, Realm } from '@revier/schema';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { readFileAs } from '../../node/admin-port.ts';
import { UsageError } from '../../options.ts';

const Settings = z.looseObject({
  participant: ParticipantId,
  realm: Realm,
  pinnedSigners: z.array(KeyId).min(1),
  broker: z.object({ id: ParticipantId, url: z.url() }).optional(),
});
const AdminFile = z.object({ url: z.url() });

export function folderOf({ flags, terminal: { env, cwd } }: Context): string {
  const given = flags.folder ?? env.REVIER_FOLDER;
  if (given === undefined || given === '') throw new UsageError('Name the folder of a node or broker with --folder.');
  return resolve(cwd, given);
}

const settingsOf = (folder: string) =>
  readFileAs(join(folder, 'node.json'), Settings).catch(() => readFileAs(join(folder, 'broker.json'), Settings));

/** Offline: the list that lies in the folder, signed by those whom the folder pins. */
export async function trustOf(context: Context): Promise<Trust> {
  const folder = folderOf(context);
  const { realm, pinnedSigners } = await settingsOf(folder);
  const list = await readFileAs(join(folder, 'trust-list.json'), GeneralJws);
  return openTrustList(list, { pinnedSigners, realm, now: context.terminal.clock() });
}

export interface Door {
  readonly url: string;
  readonly token: string;
}

/** To the node's own admin port, or to its broker. */
export async function doorTo(context: Context, where: 'node' | 'broker'): Promise<Door> {
  const folder = folderOf(context);
  const { participant, realm, broker } = await settingsOf(folder);
  const signer = await createSigner(await readFileAs(join(folder, 'key.jwk'), PrivateKey));
  if (where === 'broker' && broker === undefined) throw new UsageError('The folder names no broker.');
  const to = where === 'broker' && broker !== undefined ? broker : undefined;
  const url = to?.url ?? (await readFileAs(join(folder, 'admin.json'), AdminFile)).url;
  const aud = to?.id ?? participant;
  return { url, token: await accessToken({ signer, iss: participant, aud, realm, now: context.terminal.clock() }) };
}
