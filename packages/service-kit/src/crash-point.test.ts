/** Crash points: a service can be told to die at a named place in tests, and never in production. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { crashPointAt } from './crash-point.ts';

describe('a crash point', () => {
  it('does nothing where nobody has named one', () => {
    expect(() => crashPointAt<string>(undefined, 'production')('anywhere')).not.toThrow();
  });

  it('lets every other place pass', () => {
    expect(() => crashPointAt<string>('there', 'test')('here')).not.toThrow();
  });

  it('is refused in production, before anything has passed it', () => {
    expect(() => crashPointAt('here', 'production')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });

  it('ends the process at once, by a signal that nothing can catch', () => {
    const module = fileURLToPath(new URL('crash-point.ts', import.meta.url));
    const program = `
      import { crashPointAt } from ${JSON.stringify(module)};
      process.on('exit', () => console.log('tidied up'));
      crashPointAt('here', 'test')('here');
      console.log('went on');`;
    const run = () =>
      execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', stdio: 'pipe' });
    expect(run).toThrow(expect.objectContaining({ signal: 'SIGKILL', stdout: '' }));
  });
});
