/** The STOP file: anybody with access to the node's folder can stop it, also while nothing else answers. */
import { access, writeFile } from 'node:fs/promises';

/** Design, federation.md §7: within a second. */
const LOOK_EVERY_MS = 200;

export const isStopFileThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    // Only "not there" lets the node go on: whoever cannot look must not assume.
    (error: unknown) => !(error instanceof Error && 'code' in error && error.code === 'ENOENT'),
  );

export const writeStopFile = (path: string): Promise<void> => writeFile(path, '', { mode: 0o600 });

/** Calls `onFound` once the file is there; the returned function ends the watch. */
export function watchStopFile(path: string, onFound: () => void): () => void {
  const timer = setInterval(() => {
    void isStopFileThere(path).then((there) => {
      if (there) onFound();
    });
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
