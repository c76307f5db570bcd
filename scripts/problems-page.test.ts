/** The page of problems is the registry, and nothing else. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { problemsPage } from './problems-page.ts';

it('is up to date (`pnpm gen` makes it anew)', () => {
  expect(readFileSync(new URL('../docs/problems.md', import.meta.url), 'utf8')).toBe(problemsPage());
});
