/** A holder of the example says beforehand what it wants decided by itself: two of its people sign a standing policy. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accessToken, createSigner, PrivateKey, signGeneral } from '@revier/connector-sdk';
import { AppError, type ParticipantId, type StandingPolicy } from '@revier/schema';
import { z } from 'zod';
import type { HolderSpec } from './federation-spec.ts';
import { folders } from './folders.ts';

export interface PolicyGiving {
  readonly folder: string;
  readonly holder: HolderSpec;
  readonly dataUser: ParticipantId;
}

const DAY = 86_400;
const signatories = ['steward', 'signatory'] as const;

/** By the admin port, as `revier inbox policy give` does. @throws AppError NODE_UNREACHABLE */
export async function giveStandingPolicy({ folder, holder, dataUser }: PolicyGiving): Promise<void> {
  const iat = Math.floor(Date.now() / 1000);
  const policy: StandingPolicy = {
    kind: 'standing-policy',
    ...{ node: holder.id, realm: 'test', iat, exp: iat + 30 * DAY, name: 'demonstration', decides: 'approve' },
    reason: 'Invented or published data: the demonstration needs nobody at the desk.',
    when: { dataUsers: [dataUser] },
  };
  const keys = await Promise.all(
    signatories.map((role) => readJson(join(folders(folder).people(holder.slug), `${role}.jwk`), PrivateKey)),
  );
  await post(
    folders(folder).node(holder.slug),
    holder.id,
    await signGeneral('revier-standing-policy+jws', policy, keys),
  );
}

async function post(node: string, participant: ParticipantId, body: unknown): Promise<void> {
  const { url } = await readJson(join(node, 'admin.json'), z.object({ url: z.url() }));
  const signer = await createSigner(await readJson(join(node, 'key.jwk'), PrivateKey));
  const token = await accessToken({ signer, iss: participant, aud: participant, realm: 'test', now: new Date() });
  const reply = await fetch(`${url}/v1/policies`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  if (!reply.ok)
    throw new AppError('NODE_UNREACHABLE', {
      detail: `${participant} takes no standing policy: ${await reply.text()}`,
    });
}

const readJson = async <S extends z.ZodType>(file: string, schema: S): Promise<z.output<S>> =>
  schema.parse(JSON.parse(await readFile(file, 'utf8')));
