/** A data user at work on its registers: its folder, the trust list in force, letters, and what there is to ask about. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type Consumer,
  createDataspaceClient,
  loadVocabulary,
  type RegisterRecord,
  type RegisterStore,
  registerStore,
} from '@revier/connector-sdk';
import type { Vocabulary } from '@revier/core';
import { AppError, RegisterId } from '@revier/schema';
import { reached } from '../ask/enter.ts';
import { type Context, folderOf } from '../context.ts';
import { UsageError } from '../options.ts';
import { fitting } from '../participant/participant.ts';
import { type ParticipantSession, participantSession } from '../participant/participant-session.ts';
import { DraftApplication } from './draft-application.ts';

export interface RegisterSession extends ParticipantSession {
  readonly consumer: Consumer;
}

/** @throws AppError FORBIDDEN for anybody but a data user; as `participantSession` */
export const registerSession = async (context: Context): Promise<RegisterSession> =>
  asDataUser(await participantSession(context), context.flags['accept-limits']);

/** @throws AppError FORBIDDEN for anybody but a data user */
export function asDataUser(session: ParticipantSession, acceptLimits: boolean): RegisterSession {
  const { own, keeper: trust, office: post, clock } = session;
  if (!trust.participant(own.participant)?.roles.includes('data-user'))
    throw new AppError('FORBIDDEN', { detail: 'Only a data user has registers.' });
  const self = { id: own.participant, signer: own.signer, realm: own.realm };
  return { ...session, consumer: { self, trust, post, clock, acceptLimits, store: registerStore(own.folder) } };
}

/** Without asking anybody. */
export const storeOf = (context: Context): RegisterStore => registerStore(folderOf(context));

export const vocabularyOf = ({ brokerUrl: broker, keeper: trust, clock }: ParticipantSession): Promise<Vocabulary> =>
  reached({ broker }, () => loadVocabulary(createDataspaceClient({ baseUrl: broker }), { trust, now: clock() }));

export async function draftIn({ positionals: [file], terminal: { cwd } }: Context): Promise<DraftApplication> {
  if (file === undefined) throw new UsageError('Name the file with the application.');
  const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read.`, { cause });
  });
  return fitting(text, DraftApplication, file);
}

const PREFIX = 'urn:revier:register:';

/** By its whole name, by the end of it, or, where there is one alone, by nothing. @throws UsageError */
export async function registerIn(store: RegisterStore, name: string | undefined): Promise<RegisterRecord> {
  if (name === undefined) {
    const [only, ...more] = await store.list();
    if (only !== undefined && more.length === 0) return only;
    throw new UsageError('Name the register.');
  }
  const id = RegisterId.safeParse(name.startsWith(PREFIX) ? name : `${PREFIX}${name}`);
  const found = id.success ? await store.find(id.data) : undefined;
  if (found === undefined) throw new UsageError(`${name} was never applied for from this folder.`);
  return found;
}
