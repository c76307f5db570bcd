/** The session of a log-in, in a file beside the profile that nobody else on the machine can read. */
import { access, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KeyId } from '@revier/schema';
import { z } from 'zod';
import { readKeyFile } from '../profile/key-file.ts';

export const SavedSession = z.strictObject({
  issuer: z.url(),
  clientId: z.string().min(1).max(500),
  /** Of the key that the tokens are bound to: a session of another key is none. */
  key: KeyId,
  accessToken: z.string().min(1).max(20_000),
  /** Milliseconds since the epoch. */
  expires: z.int(),
  refreshToken: z.string().min(1).max(20_000).optional(),
});
export type SavedSession = z.infer<typeof SavedSession>;

const fileOf = (profile: string): string => join(dirname(profile), 'session.json');

/** Undefined when nobody is logged in, or what is there does not fit. @throws AppError KEY_EXPOSED */
export async function readSession(profile: string): Promise<SavedSession | undefined> {
  const file = fileOf(profile);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const saved = SavedSession.safeParse(parse(await readKeyFile(file)));
  return saved.success ? saved.data : undefined;
}

/** Whole or not at all; the mode holds from the first byte. */
export async function writeSession(profile: string, session: SavedSession): Promise<void> {
  const file = fileOf(profile);
  const draft = `${file}.${process.pid}.tmp`;
  await rm(draft, { force: true });
  await writeFile(draft, `${JSON.stringify(session)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
}

export const removeSession = (profile: string): Promise<void> => rm(fileOf(profile), { force: true });

/** What it says is not quoted: it holds tokens. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
