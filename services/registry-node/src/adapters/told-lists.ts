/** Newer trust lists in the node's folder: the holder's own way to tell its node, beside the broker. */
import { stat } from 'node:fs/promises';
import { isMissing, textOf } from '@revier/connector-sdk';
import { unverified } from '@revier/core';
import { AppError, GeneralJws, TrustList } from '@revier/schema';
import { z } from 'zod';

const LOOK_EVERY_MS = 1000;

/** In the order of their versions; none where there is no file. Unverified. @throws AppError INVALID_REQUEST for a file that does not fit */
export async function readToldLists(path: string): Promise<{ version: number; trustList: GeneralJws }[]> {
  const text = (await textOf(path)) ?? '[]';
  try {
    return z
      .array(GeneralJws)
      .parse(JSON.parse(text))
      .map((trustList) => ({ version: versionOf(trustList), trustList }));
  } catch (cause) {
    throw new AppError('INVALID_REQUEST', {
      detail: 'The newer trust lists in the folder do not fit their schema.',
      cause,
    });
  }
}

const versionOf = (list: GeneralJws): number => TrustList.parse(unverified(list)).version;

/** Calls `onChange` when the file is another one; the returned function ends the watch. */
export function watchToldLists(path: string, onChange: () => void): () => void {
  let seen: number | undefined;
  const look = async (): Promise<void> => {
    const { mtimeMs } = await stat(path);
    if (seen !== undefined && seen !== mtimeMs) onChange();
    seen = mtimeMs;
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => {
      if (isMissing(error)) seen = 0;
    });
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
