/** What was trusted last, in a file beside the profile: whoever asks never goes back behind it. */
import { join } from 'node:path';
import { type TrustMemory, textOf, writeWhole } from '@revier/connector-sdk';
import { contentHash, unverified } from '@revier/core';
import { AppError, TrustList, TrustView } from '@revier/schema';
import type { ProfileFile } from './profile.ts';

/** One file for each set of pinned signers: whoever pins others enters another federation. */
export const trustFileOf = (
  folder: string,
  { pinnedSigners, realm }: Pick<ProfileFile, 'pinnedSigners' | 'realm'>,
): string =>
  join(folder, `trust-${contentHash({ pinnedSigners: [...pinnedSigners].sort(), realm }).slice(7, 19)}.json`);

export function fileTrustMemory(file: string): TrustMemory {
  const load = async (): Promise<TrustView | undefined> => {
    const text = await textOf(file);
    return text === undefined ? undefined : viewIn(text, file);
  };
  return {
    load,
    async store(view) {
      const before = await load();
      const kept = before === undefined ? view : newer(before, view);
      if (kept !== before) await writeWhole(file, `${JSON.stringify(kept, null, 2)}\n`);
    },
  };
}

/** A broken memory is no reason to forget: that would let an older list in. */
function viewIn(text: string, file: string): TrustView {
  try {
    return TrustView.parse(JSON.parse(text));
  } catch (cause) {
    const detail = `${file} does not fit. It says which trust list was seen last; remove it only if you know why it is broken.`;
    throw new AppError('PROFILE_UNFIT', { detail, cause });
  }
}

function newer(before: TrustView, view: TrustView): TrustView {
  const [had, has] = [versionIn(before), versionIn(view)];
  if (has > had) return view;
  if (has === had && before.trustList.payload !== view.trustList.payload) throw new AppError('REPLAYED');
  return has === had && view.timestamp !== null && view.timestamp !== before.timestamp ? view : before;
}

const versionIn = ({ trustList }: TrustView): number => TrustList.parse(unverified(trustList)).version;
