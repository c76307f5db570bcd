/** The committed description of the admin port is the one that the routes make. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openApiDocument } from './openapi.ts';

it('docs/openapi/registry-node.json is current', async () => {
  const committed = new URL('../../../docs/openapi/registry-node.json', import.meta.url);
  expect(JSON.parse(JSON.stringify(await openApiDocument()))).toEqual(JSON.parse(await readFile(committed, 'utf8')));
});

it('describes the three operations of the admin port, and no other', async () => {
  expect(await openApiDocument()).toMatchObject({
    openapi: '3.1.1',
    paths: { '/v1/status': { get: {} }, '/v1/decisions': { get: {} }, '/v1/stop': { post: {} } },
  });
});
