/** Logging out: the provider forgets the session if it can, and this machine does in any case. */
import * as oauth from 'oauth4webapi';
import type { Profile } from '../profile/profile.ts';
import { providerOf } from './provider.ts';
import { readSession, removeSession } from './session-file.ts';

/** False when the provider could not be told: then the refresh token ends by itself. */
export async function logOut(profile: Profile): Promise<boolean> {
  const saved = await readSession(profile.file);
  try {
    if (saved?.refreshToken !== undefined) await revoke(profile, saved.refreshToken);
    return true;
  } catch {
    return false;
  } finally {
    await removeSession(profile.file);
  }
}

async function revoke(profile: Profile, token: string): Promise<void> {
  const { server, client, options } = await providerOf(profile);
  if (server.revocation_endpoint === undefined) return;
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, oauth.None(), token, options));
}
