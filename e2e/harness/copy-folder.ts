/** Copies what was founded: thousands of small files, for which the system's own program takes a fifth of the time. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const copyFolder = async (from: string, to: string): Promise<void> =>
  void (await promisify(execFile)('cp', ['-R', `${from}/.`, to]));
