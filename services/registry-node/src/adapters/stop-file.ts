/** The STOP file: anybody with access to the node's folder can stop it, also while nothing else answers. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { isMissing } from '@revier/connector-sdk';
import { StopNote } from '@revier/schema';
import { turnstile } from '../turnstile.ts';

/** Design, federation.md §7: within a second. */
const LOOK_EVERY_MS = 100;

export interface StopFile {
  /** Whether one is there that has not been seen yet. */
  isNew(): Promise<boolean>;
  /** What is in it: a note as JSON, or a reason in words, or nothing. */
  note(): Promise<StopNote>;
  write(note: StopNote): Promise<void>;
  remove(): Promise<void>;
  /** Calls `onFound` for each new one; the returned function ends the watch. */
  watch(onFound: () => void): () => void;
}

export function stopFileAt(path: string): StopFile {
  let seen: string | undefined;
  // One after the other: a look between our own writing and our knowing of it would find a stop that nobody wanted.
  const inTurn = turnstile();
  const isNew = (): Promise<boolean> =>
    inTurn(async () => {
      const found = await versionOf(path);
      const fresh = found !== undefined && found !== seen;
      seen = found;
      return fresh;
    });
  return {
    isNew,
    note: () => readFile(path, 'utf8').then(noteIn, () => ({ reason: '' })),
    write: (note) =>
      inTurn(async () => {
        await writeFile(path, `${JSON.stringify(note)}\n`, { mode: 0o600 });
        seen = await versionOf(path);
      }),
    remove: () =>
      inTurn(async () => {
        await rm(path, { force: true });
        seen = undefined;
      }),
    watch(onFound) {
      const timer = setInterval(() => {
        void isNew().then((fresh) => {
          if (fresh) onFound();
        });
      }, LOOK_EVERY_MS);
      return () => clearInterval(timer);
    },
  };
}

/** Only "not there" lets the node go on: whoever cannot look must not assume. */
const versionOf = (path: string): Promise<string | undefined> =>
  stat(path).then(
    ({ ino, mtimeMs }) => `${ino} ${mtimeMs}`,
    (error: unknown) => (isMissing(error) ? undefined : 'hidden'),
  );

function noteIn(text: string): StopNote {
  try {
    const note = StopNote.safeParse(JSON.parse(text));
    if (note.success) return note.data;
  } catch {
    // Words, then.
  }
  return { reason: text.trim().slice(0, 500) };
}
