/** Where the profile is: named, or the nearest one upwards from the working directory, or the one at home. */
import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '@revier/schema';

export interface ProfilePlaces {
  /** Named by --profile or REVIER_PROFILE: then nothing else is looked at. */
  readonly file?: string | undefined;
  readonly cwd: string;
  readonly home: string;
}

/** Relative to a folder. */
export const PROFILE_NAME = join('.revier', 'profile.json');

/** @throws AppError PROFILE_MISSING, with the places looked at */
export async function findProfile({ file, cwd, home }: ProfilePlaces): Promise<string> {
  const candidates =
    file === undefined ? [...upwards(cwd), home].map((folder) => join(folder, PROFILE_NAME)) : [resolve(cwd, file)];
  for (const candidate of candidates) if (await exists(candidate)) return candidate;
  const places =
    file === undefined ? `${PROFILE_NAME} from ${cwd} upwards, ${join(home, PROFILE_NAME)}` : candidates[0];
  throw new AppError('PROFILE_MISSING', { detail: `Looked for ${places}.` });
}

function upwards(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
