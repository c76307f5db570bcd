/** The published profile is that of the code, and says of a document what the code says. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { profileDocuments } from './policy-profile.ts';

describe('the published policy profile', () => {
  it.each(Object.entries(profileDocuments))(
    '%s is up to date; when this fails after a wanted change, run `pnpm gen`',
    (name, content) => {
      const path = new URL(`../docs/profile/${name}`, import.meta.url);
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(content)));
    },
  );
});
