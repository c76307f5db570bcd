/** Waiting: a moving line for people, one line for each change for everything else. */
import type { QueryState } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { progressOn } from './progress.ts';

const state = (answered: number, refused = 0): QueryState => ({
  queryId: '0193a5c8-7b1e-7c3a-9f52-0d6f6b7d1a11',
  submissionId: `sha256:${'1'.repeat(64)}`,
  state: 'running',
  progress: { tasks: 3, answered, refused, waiting: 3 - answered - refused },
  deadline: '2026-01-01T00:00:00Z',
});

describe('progress', () => {
  it('in a pipe is one line for each change, without escapes', () => {
    const written: string[] = [];
    const progress = progressOn({ write: (text) => written.push(text) });
    for (const seen of [state(0), state(0), state(1, 1), state(2, 1)]) progress.show(seen);
    progress.end();
    expect(written.join('')).toBe(
      [
        'Query 0193a5c8-7b1e-7c3a-9f52-0d6f6b7d1a11: 0 of 3 parts answered, waiting for 3',
        '1 of 3 parts answered, 1 refused, waiting for 1',
        '2 of 3 parts answered, 1 refused',
        '',
      ].join('\n'),
    );
  });

  it('on a terminal takes its line away at the end', () => {
    const written: string[] = [];
    const progress = progressOn({ isTTY: true, write: (text) => written.push(text) });
    progress.show(state(1));
    progress.end();
    expect(written.at(-1)).toBe('\r\u001b[K');
    expect(written.join('')).not.toContain('\n');
  });
});
