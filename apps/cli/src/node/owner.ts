/** The folder of a node or broker: whose keys count, and the token that shows that one may read it. */
import { join } from 'node:path';
import { accessToken, createSigner, openTrustList, PrivateKey, type Trust } from '@revier/connector-sdk';
import { GeneralJws, KeyId, ParticipantId, Realm } from '@revier/schema';
import { z } from 'zod';
import { type Context, folderOf } from '../context.ts';
import { UsageError } from '../options.ts';
import { AdminFile, nodeFiles, readFileAs, replyOf } from './admin-port.ts';

const Settings = z.looseObject({
  participant: ParticipantId,
  realm: Realm,
  pinnedSigners: z.array(KeyId).min(1),
  broker: z.object({ id: ParticipantId, url: z.url() }).optional(),
});

const settingsOf = (folder: string) =>
  readFileAs(join(folder, nodeFiles.settings), Settings).catch(() => readFileAs(join(folder, 'broker.json'), Settings));

/** Offline: the list that lies in the folder, signed by those whom the folder pins. */
export async function trustOf(context: Context): Promise<Trust> {
  const folder = folderOf(context);
  const { realm, pinnedSigners } = await settingsOf(folder);
  const list = await readFileAs(join(folder, 'trust-list.json'), GeneralJws);
  return openTrustList(list, { pinnedSigners, realm, now: context.terminal.clock() });
}

/** Whoever can read the folder, at that time. */
export interface Owner {
  readonly folder: string;
  readonly now: Date;
}

const ownerIn = (context: Context): Owner => ({ folder: folderOf(context), now: context.terminal.clock() });

/** Asks the node of this folder for JSON; with a body, tells it. @throws AppError NODE_UNREACHABLE, ProblemError for what the node refuses */
export async function askAsOwner<S extends z.ZodType>(
  owner: Owner,
  path: string,
  schema: S,
  body?: unknown,
): Promise<z.output<S>> {
  const { url, token } = await doorTo(owner, 'node');
  return schema.parse(await (await replyOf(`${url}${path}`, { token, body })).json());
}

/** By `--folder`. @throws as `askAsOwner` */
export const askOwnNode = <S extends z.ZodType>(
  context: Context,
  path: string,
  schema: S,
  body?: unknown,
): Promise<z.output<S>> => askAsOwner(ownerIn(context), path, schema, body);

/** The whole log as it is told: JSON lines. @throws as `askAsOwner` */
export async function logFrom(context: Context, where: 'node' | 'broker'): Promise<string> {
  const { url, token } = await doorTo(ownerIn(context), where);
  const path = where === 'broker' ? '/v1/node/audit' : '/v1/audit/export';
  return (await replyOf(`${url}${path}`, { token })).text();
}

interface Door {
  readonly url: string;
  readonly token: string;
}

/** To the node's own admin port, or to its broker. */
async function doorTo({ folder, now }: Owner, where: 'node' | 'broker'): Promise<Door> {
  const { participant, realm, broker } = await settingsOf(folder);
  const signer = await createSigner(await readFileAs(join(folder, 'key.jwk'), PrivateKey));
  if (where === 'broker' && broker === undefined) throw new UsageError('The folder names no broker.');
  const to = where === 'broker' && broker !== undefined ? broker : undefined;
  const url = to?.url ?? (await readFileAs(join(folder, nodeFiles.admin), AdminFile)).url;
  const aud = to?.id ?? participant;
  return { url, token: await accessToken({ signer, iss: participant, aud, realm, now }) };
}
