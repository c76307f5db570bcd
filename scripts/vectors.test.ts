/** The identities that everything is built on do not move: committed vectors equal what the code makes today. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeVectors } from './vectors.ts';

const committed: unknown = JSON.parse(
  readFileSync(new URL('../docs/decisions/0001.vectors.json', import.meta.url), 'utf8'),
);

describe('decision record 0001', () => {
  it('has vectors that hold (a change here breaks every signed query and agreement: it needs a new record)', async () => {
    expect(await makeVectors()).toEqual(committed);
  });

  it('shows that two spellings are one question', async () => {
    const { questions } = await makeVectors();
    const [, written, respelt] = questions;
    expect(respelt?.questionHash).toBe(written?.questionHash);
    expect(respelt?.tasks).toEqual(written?.tasks);
    expect(respelt?.canonicalText).not.toBe(written?.canonicalText);
  });
});
