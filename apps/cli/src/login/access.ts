/** The access token of whoever is logged in, renewed when it is about to end. */
import { thumbprintOf } from '@revier/connector-sdk';
import { AppError } from '@revier/schema';
import * as oauth from 'oauth4webapi';
import type { Profile } from '../profile/profile.ts';
import { providerOf, sessionOf, withNonce } from './provider.ts';
import { readSession, type SavedSession, writeSession } from './session-file.ts';

/** A token that ends sooner could end on its way. */
const LEAST_LEFT_MS = 30_000;

/** @throws AppError LOGIN_NEEDED, KEY_EXPOSED, LOGIN_UNAVAILABLE */
export function accessTokenOf(profile: Profile, clock: () => Date): () => Promise<string> {
  let kept: SavedSession | undefined;
  return async () => {
    kept ??= await savedFor(profile);
    if (kept.expires - clock().getTime() < LEAST_LEFT_MS) kept = await renewed(profile, kept, clock());
    return kept.accessToken;
  };
}

/** Of this very provider, client and key; any other was left by another profile. */
async function savedFor(profile: Profile): Promise<SavedSession> {
  const saved = await readSession(profile.file);
  const { login, keys } = profile;
  if (saved === undefined || saved.issuer !== login?.issuer || saved.clientId !== login.clientId)
    throw new AppError('LOGIN_NEEDED');
  if (saved.key !== (await thumbprintOf(keys)))
    throw new AppError('LOGIN_NEEDED', { detail: 'The log-in was with another key.' });
  return saved;
}

async function renewed(profile: Profile, saved: SavedSession, now: Date): Promise<SavedSession> {
  const { refreshToken } = saved;
  const over = { detail: 'The log-in is over.' };
  if (refreshToken === undefined) throw new AppError('LOGIN_NEEDED', over);
  const { server, client, options, proof } = await providerOf(profile);
  try {
    const tokens = await withNonce(async () => {
      const settings = { ...options, DPoP: proof };
      const reply = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, settings);
      return oauth.processRefreshTokenResponse(server, client, reply);
    });
    const fresh = { refreshToken, ...(await sessionOf(profile, tokens, now)) };
    await writeSession(profile.file, fresh);
    return fresh;
  } catch (cause) {
    if (cause instanceof oauth.ResponseBodyError) throw new AppError('LOGIN_NEEDED', { ...over, cause });
    throw cause;
  }
}
