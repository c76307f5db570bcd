/** The log: its form, and what must never be read in it. */
import { execFileSync } from 'node:child_process';
import { Writable } from 'node:stream';
import { AppError } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { createLogger, describeError, type Logger } from './logging.ts';

function logInto(lines: string[], level: 'info' | 'debug' = 'info'): Logger {
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return createLogger({ name: 'broker', level, destination });
}

describe('the log', () => {
  it('is one JSON object per line', () => {
    const lines: string[] = [];
    logInto(lines).info({ node: 'did:web:a' }, 'enrolled');
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.+Z$/),
      service: 'broker',
      node: 'did:web:a',
      message: 'enrolled',
    });
  });

  it('keeps to its level', () => {
    const lines: string[] = [];
    logInto(lines).debug('quiet');
    logInto(lines, 'debug').debug('loud');
    expect(lines).toHaveLength(1);
  });

  it('blackens what must not be read, three levels deep', () => {
    const lines: string[] = [];
    logInto(lines).info({
      authorization: 'Bearer abc',
      person: { name: 'Erika', email: 'e@x' },
      config: { broker: { password: 'hunter2' } },
    });
    expect(lines[0]).not.toMatch(/abc|Erika|e@x|hunter2/);
  });

  it('takes an error apart: type, code and place, not its words', () => {
    const lines: string[] = [];
    const cause = Object.assign(new Error('invalid input syntax: "Erika"'), { code: '22P02' });
    logInto(lines).error({ err: new AppError('INTERNAL', { cause }) }, 'failed');
    logInto(lines).error(cause);
    logInto(lines).error({ err: cause });
    logInto(lines).error({ err: cause }, cause.message);
    const { err } = JSON.parse(lines[0] ?? '');
    expect(err).toMatchObject({ type: 'AppError', code: 'INTERNAL', cause: { type: 'Error', code: '22P02' } });
    expect(err.at).toMatch(/^service-kit\/src\/logging\.test\.ts(\?vitest=\d+)?:\d+:\d+$/);
    expect(lines.join('')).not.toMatch(/Erika|stack|\\n/);
  });

  it('goes to stderr, so that stdout stays free for answers', () => {
    const script = `import { createLogger } from ${JSON.stringify(new URL('./logging.ts', import.meta.url).href)};
      createLogger({ name: 'x', level: 'info' }).info('hello');`;
    const stdout = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'pipe' });
    expect(String(stdout)).toBe('');
  });
});

describe('the description of an error', () => {
  it('ends, however long the chain of causes is', () => {
    const loop = new Error('a');
    loop.cause = loop;
    expect(JSON.stringify(describeError(loop)).length).toBeLessThan(1_000);
    expect(describeError('thrown text')).toEqual({ type: 'string' });
  });
});
