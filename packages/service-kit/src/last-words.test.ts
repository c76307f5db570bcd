/** The last words of a process that cannot start: what is wrong and what to do, in one line each. */
import { AppError } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { ConfigError } from './config.ts';
import { lastWords } from './last-words.ts';

describe('the last words of a process that cannot start', () => {
  it('name the code, what is wrong, and what to do', () => {
    expect(lastWords(new AppError('DATA_FOLDER_IN_USE'))).toBe(
      'DATA_FOLDER_IN_USE: The data folder is open in another process\nStop the other process, or choose another folder.',
    );
  });

  it('tell the detail where there is one', () => {
    expect(lastWords(new AppError('DATA_FOLDER_NEWER', { detail: 'The folder has format 9.' }))).toContain(
      'newer program: The folder has format 9.\n',
    );
  });

  it('name each fault of a configuration', () => {
    expect(lastWords(new ConfigError(['A: wrong', 'B: missing']))).toContain('B: missing');
  });

  it('never repeat the words of other errors, which may quote data', () => {
    const words = lastWords(new TypeError('Erika Mustermann', { cause: new Error('C18') }));
    expect(words).toContain('TypeError');
    expect(words).not.toMatch(/Erika|C18/);
  });
});
