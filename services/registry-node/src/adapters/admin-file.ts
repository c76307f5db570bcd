/** Where the admin port listens, written into the node's folder so that the command line finds it. */
import { rm, writeFile } from 'node:fs/promises';

/** The returned function takes the file away again; one that a crash leaves behind leads nowhere. */
export async function announceAdmin(path: string | undefined, url: string): Promise<() => Promise<void>> {
  if (path === undefined) return async () => undefined;
  await writeFile(path, `${JSON.stringify({ url })}\n`, { mode: 0o600 });
  return () => rm(path, { force: true });
}
