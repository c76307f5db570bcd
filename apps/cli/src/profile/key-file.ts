/** The strongbox: a private key is read only from a file that nobody else on the machine can read. */
import { open } from 'node:fs/promises';
import { AppError } from '@revier/schema';

const RIGHTS_OF_OTHERS = 0o077;

/**
 * Rights are asked of the opened file, so that it cannot be another one by the time it is read.
 * @throws AppError KEY_EXPOSED with the command that helps, PROFILE_UNFIT when it cannot be read
 */
export async function readKeyFile(file: string): Promise<string> {
  const handle = await openKey(file);
  try {
    const { mode } = await handle.stat();
    // Windows has no such bits: there the user's own folder has to do.
    if (process.platform !== 'win32' && (mode & RIGHTS_OF_OTHERS) !== 0)
      throw new AppError('KEY_EXPOSED', { detail: `Others can read or change it. Run: chmod 600 ${quoted(file)}` });
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function openKey(file: string) {
  try {
    return await open(file, 'r');
  } catch (cause) {
    const detail = `The key file ${file} cannot be read.`;
    throw new AppError('PROFILE_UNFIT', { detail, errors: [{ pointer: '/key', detail }], cause });
  }
}

const quoted = (file: string): string => (/^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`);
