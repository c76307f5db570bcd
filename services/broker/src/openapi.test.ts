/** The committed description of the interface against the code. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openApiDocument } from './openapi.ts';

it('is described by docs/openapi/broker.json; when this fails after a wanted change, run `pnpm gen` and commit', async () => {
  const committed: unknown = JSON.parse(
    await readFile(new URL('../../../docs/openapi/broker.json', import.meta.url), 'utf8'),
  );
  expect(JSON.parse(JSON.stringify(await openApiDocument()))).toEqual(committed);
});
