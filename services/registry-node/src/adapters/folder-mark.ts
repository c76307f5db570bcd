/** The mark in the node's folder, beside the records: how far they had come, and which very file has said so. A restored copy gives itself away. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { isMissing } from '@revier/connector-sdk';
import { Sha256 } from '@revier/schema';
import { z } from 'zod';
import type { FolderMark, Mark } from '../restore-ports.ts';

const MarkFile = z.strictObject({
  /** Which records. */
  place: z.string(),
  /** Entries in the audit log, and the hash that stands for all of them. */
  size: z.int().min(0),
  head: Sha256,
  /** Inode and time of birth of this file; a copy has others. Null where the file system cannot tell. */
  birth: z.string().nullable(),
});
/** Always of this length and written in place, so that a crash leaves the old one or the new one. */
const BYTES = 512;

export function folderMark(path: string): FolderMark {
  return {
    async read() {
      const birth = await birthOf(path);
      if (birth === undefined) return 'missing';
      try {
        const handle = await open(path, 'r');
        const text = await handle.readFile('utf8').finally(() => handle.close());
        const mark = MarkFile.parse(JSON.parse(text));
        return { ...mark, isCopy: mark.birth !== null && mark.birth !== birth };
      } catch {
        return 'broken';
      }
    },
    async write(mark) {
      const handle = await opened(path);
      try {
        const before = await birthOf(path);
        await put(handle, { ...mark, birth: before ?? null });
        // Where writing changes it, it is no time of birth.
        if ((await birthOf(path)) !== before) await put(handle, { ...mark, birth: null });
      } finally {
        await handle.close();
      }
    },
  };
}

const opened = (path: string): Promise<FileHandle> =>
  open(path, 'r+').catch((error: unknown) => {
    if (isMissing(error)) return open(path, 'wx+', 0o600);
    throw error;
  });

async function put(handle: FileHandle, mark: Mark): Promise<void> {
  const text = JSON.stringify(mark).padEnd(BYTES - 1, ' ');
  await handle.write(`${text}\n`, 0, 'utf8');
}

const birthOf = (path: string): Promise<string | undefined> =>
  stat(path, { bigint: true }).then(
    ({ ino, birthtimeNs }) => `${ino} ${birthtimeNs}`,
    (error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    },
  );
