/** The page on security names tests: each of them is there, and every row of the threat table has one. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../', import.meta.url);
const page = readFileSync(new URL('docs/security.md', root), 'utf8');
const rows = page.split('\n').filter((line) => /^\| \d+a? \|/.test(line));
const named = [...page.matchAll(/\]\(\.\.\/([^)]+\.test\.ts)\)((?:,?\s*"[^"]+")*)/g)].map(
  ([, file = '', titles = '']) => ({
    file,
    titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
  }),
);

describe('the page on security', () => {
  it('has every row of the threat table, each with a test', () => {
    const numbers = new Set(rows.map((row) => row.split('|')[1]?.trim()));
    expect([...numbers]).toEqual(['1', '1a', ...Array.from({ length: 15 }, (_, at) => String(at + 2))]);
    expect(rows.filter((row) => !row.includes('.test.ts)'))).toEqual([]);
  });

  it('names tests that there are, by their own titles', () => {
    expect(named.length).toBeGreaterThan(20);
    const missing = named.flatMap(({ file, titles }) => {
      if (!existsSync(new URL(file, root))) return [file];
      const source = readFileSync(new URL(file, root), 'utf8');
      return titles.filter((title) => !source.includes(`'${title}'`)).map((title) => `${file}: ${title}`);
    });
    expect(missing).toEqual([]);
  });
});
