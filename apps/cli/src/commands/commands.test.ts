/** Commands of one word and of two are found, and what is not there is named. */
import { describe, expect, it } from 'vitest';
import { commands, findCommand } from './commands.ts';

describe('a command', () => {
  it('is found by its words, and the rest is left to it', () => {
    expect(findCommand(['query', 'question.json', '--json'])).toMatchObject({
      name: 'query',
      rest: ['question.json', '--json'],
    });
    expect(findCommand(['no-such'])).toBeUndefined();
    expect(findCommand([])).toBeUndefined();
  });

  it('of every name can be loaded', async () => {
    for (const [name, { load }] of commands) expect(await load(), name).toBeTypeOf('function');
  });
});
