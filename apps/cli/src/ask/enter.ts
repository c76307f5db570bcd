/** The way in: broker, trust list and the person's own credential, each verified before anything is asked. */
import { dirname } from 'node:path';
import {
  authorizePerson,
  ConnectionError,
  createDataspaceClient,
  type DataspaceClient,
  type Trust,
  verifyCredential,
} from '@revier/connector-sdk';
import { AppError, type Credential } from '@revier/schema';
import type { Profile } from '../profile/profile.ts';
import { fileTrustMemory, trustFileOf } from '../profile/trust-file.ts';
import { trusted } from './trusted.ts';

export interface Session {
  readonly profile: Profile;
  readonly client: DataspaceClient;
  readonly trust: Trust;
  readonly credential: Credential;
  readonly clock: () => Date;
}

export interface EnterOptions {
  readonly clock?: () => Date;
  readonly signal?: AbortSignal | undefined;
  /** Of whoever is logged in; without it, only what needs no log-in can be done. */
  readonly accessToken?: (() => Promise<string>) | undefined;
}

/** @throws AppError BROKER_UNREACHABLE, TRUST_STALE, what `trusted` and `verifyCredential` throw; ProblemError */
export async function enter(profile: Profile, options: EnterOptions = {}): Promise<Session> {
  const clock = options.clock ?? (() => new Date());
  const { realm, pinnedSigners, credential: jws, keys } = profile;
  const { accessToken } = options;
  const visitor = createDataspaceClient({ baseUrl: profile.broker });
  const memory = fileTrustMemory(trustFileOf(dirname(profile.file), profile));
  const trust = await reached(profile, () =>
    trusted({ reads: visitor, memory, pinnedSigners, realm, clock, signal: options.signal }),
  );
  const credential = await verifyCredential(jws, { trust, realm, now: clock() });
  return {
    profile,
    trust,
    credential,
    clock,
    client:
      accessToken === undefined
        ? visitor
        : createDataspaceClient({
            baseUrl: profile.broker,
            authorize: authorizePerson({ accessToken, keys, credential: jws, clock }),
          }),
  };
}

/** Turns an unreachable broker into words that tell where it was looked for. */
export async function reached<T>({ broker }: Pick<Profile, 'broker'>, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (!(cause instanceof ConnectionError)) throw cause;
    throw new AppError('BROKER_UNREACHABLE', { detail: `${broker}: ${cause.message}`, cause });
  }
}
