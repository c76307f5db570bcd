/** A broker's folder: one form for the separate process and for the laptop, written and read here only. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigner, PrivateKey } from '@revier/connector-sdk';
import { AppError, GeneralJws, KeyId, ParticipantId, Realm } from '@revier/schema';
import { assertGuardsOn, type Logger, openRecords, parseJson } from '@revier/service-kit';
import { z } from 'zod';
import { Limits } from './limits.ts';
import { People } from './people.ts';
import type { BrokerOptions } from './start-broker.ts';

const Settings = z.strictObject({
  participant: ParticipantId,
  realm: Realm,
  listen: z.strictObject({ host: z.string().min(1).max(253), port: z.int().min(0).max(65_535) }),
  pinnedSigners: z.array(KeyId).min(1).max(50),
  /** Without it the records are embedded, in `records/`. */
  databaseUrl: z.string().min(1).optional(),
  /** After so long a task that its node has said nothing about is offered again. */
  redeliverSeconds: z.int().min(1).max(600).optional(),
  /** Of callers; whatever is left out is as `limits.ts` says. */
  limits: Limits.optional(),
  /** Where people log in. */
  people: People.optional(),
});
export type BrokerSettings = z.input<typeof Settings>;

export interface BrokerFolder {
  readonly settings: BrokerSettings;
  readonly trustList: GeneralJws;
  readonly privateKey: PrivateKey;
}

export async function writeBrokerFolder(folder: string, parts: BrokerFolder): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const write = async (name: string, value: unknown, mode: number): Promise<void> => {
    const file = join(folder, name);
    await writeFile(file, `${JSON.stringify(value, null, 2)}\n`, { mode });
    // The mode of writeFile counts for new files only.
    await chmod(file, mode);
  };
  await write('broker.json', Settings.parse(parts.settings), 0o644);
  await write('trust-list.json', GeneralJws.parse(parts.trustList), 0o644);
  await write('key.jwk', PrivateKey.parse(parts.privateKey), 0o600);
}

/** @throws AppError INVALID_REQUEST that names the file which is missing or does not fit; never its content */
export async function readBrokerFolder(folder: string): Promise<BrokerFolder> {
  return {
    settings: await read(folder, 'broker.json', Settings),
    trustList: await read(folder, 'trust-list.json', GeneralJws),
    privateKey: await read(folder, 'key.jwk', PrivateKey),
  };
}

async function read<S extends z.ZodType>(folder: string, name: string, schema: S): Promise<z.output<S>> {
  const text = await readFile(join(folder, name), 'utf8').catch((cause: unknown) => {
    throw new AppError('INVALID_REQUEST', { detail: `${name} in the folder of the broker cannot be read.`, cause });
  });
  const result = schema.safeParse(parseJson(text));
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`);
  throw new AppError('INVALID_REQUEST', {
    detail: `${name} in the folder of the broker does not fit: ${faults.join('; ')}`,
  });
}

export interface OpenFolderOptions {
  readonly logger: Logger;
  /** Wins over the one in `broker.json`. */
  readonly databaseUrl?: string | undefined;
  /** For more than one process; without it the queue lives in the records. */
  readonly redisUrl?: string | undefined;
}

/** Opens the records too: close the broker first, then `options.records`. */
export async function openBrokerFolder(folder: string, options: OpenFolderOptions): Promise<BrokerOptions> {
  const { settings, trustList, privateKey } = await readBrokerFolder(folder);
  assertGuardsOn(settings.realm);
  const { participant, realm, listen, pinnedSigners, redeliverSeconds, limits, people } = settings;
  const databaseUrl = options.databaseUrl ?? settings.databaseUrl;
  const { logger, redisUrl } = options;
  const onError = (err: Error): void => logger.warn({ err }, 'records');
  const records = await openRecords({ ...(databaseUrl === undefined ? { folder } : { databaseUrl }), onError });
  return {
    participant,
    signer: await createSigner(privateKey),
    realm,
    trustList,
    pinnedSigners,
    records,
    queue: redisUrl === undefined ? 'records' : { redisUrl },
    listen,
    redeliverSeconds,
    limits,
    people,
    logger,
  };
}
