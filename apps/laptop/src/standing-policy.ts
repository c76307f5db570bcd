/** A holder of the example says beforehand what it wants decided by itself: two of its people sign a standing policy. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askAsOwner } from '@revier/cli';
import { PrivateKey, signGeneral } from '@revier/connector-sdk';
import { type ParticipantId, Sha256, type StandingPolicy } from '@revier/schema';
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

/** By the admin port, as `revier inbox policy give` does. @throws AppError NODE_UNREACHABLE, ProblemError where the node takes none */
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
  const signed = await signGeneral('revier-standing-policy+jws', policy, keys);
  const owner = { folder: folders(folder).node(holder.slug), now: new Date() };
  await askAsOwner(owner, '/v1/policies', z.strictObject({ hash: Sha256 }), signed);
}

const readJson = async <S extends z.ZodType>(file: string, schema: S): Promise<z.output<S>> =>
  schema.parse(JSON.parse(await readFile(file, 'utf8')));
