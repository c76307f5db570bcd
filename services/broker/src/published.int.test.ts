/** What everybody may read and keep: for how long, and how a client learns that nothing has changed. */
import { contentHash } from '@revier/core';
import { deprivation } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CITY_A, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

let space: TwoCities;
let catalogue: string;

beforeAll(async () => {
  space = await startTwoCities();
  catalogue = (await space.federation.asPerson(space.erika).catalogue()).hash;
});
afterAll(() => space.federation.close());

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${space.federation.url()}${path}`, { headers });

const brief = ['/v1/catalogue', '/v1/registers', '/v1/trust-list', '/v1/purposes'];
const forever = (): string[] => [`/v1/catalogue/${catalogue}`, `/v1/documents/${contentHash(deprivation)}`];

describe('what is published', () => {
  it('may be kept for ever when it is named by its hash, and briefly when it is not', async () => {
    for (const path of forever())
      expect((await get(path)).headers.get('cache-control'), path).toBe('public, max-age=31536000, immutable');
    for (const path of brief)
      expect((await get(path)).headers.get('cache-control'), path).toBe('public, max-age=15, must-revalidate');
    expect((await get(`/v1/catalogue/sha256:${'0'.repeat(64)}`)).headers.get('cache-control')).toBe('no-store');
  });

  it('is not sent again to whoever has it', async () => {
    for (const path of [...brief, ...forever()]) {
      const first = await get(path);
      const tag = first.headers.get('etag') ?? '';
      expect(tag, path).toMatch(/^"sha256:[0-9a-f]{64}"$/);
      for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
        const again = await get(path, { 'if-none-match': known });
        expect([again.status, await again.text(), again.headers.get('etag')], path).toEqual([304, '', tag]);
        expect(again.headers.get('cache-control')).toBe(first.headers.get('cache-control'));
      }
      expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200);
    }
  });

  it('has another tag as soon as it has changed', async () => {
    const before = (await get('/v1/catalogue')).headers.get('etag') ?? '';
    const { signer } = space.federation.member(CITY_A);
    const other = { ...deprivation, name: 'deprivation-new' };
    await space.federation.asHolder(CITY_A).publishDocuments([await signer.sign('revier-document+jws', other)]);
    const after = await get('/v1/catalogue', { 'if-none-match': before });
    expect([after.status, after.headers.get('etag') === before]).toEqual([200, false]);
  });
});

describe('what belongs to a person', () => {
  it('is kept nowhere, and differs by who asks and for which form', async () => {
    const queryId = await space.submit();
    await space.finish();
    await space.answerOf(queryId);
    for (const path of ['', '/answer', '/answer.csv-metadata.json', '/result']) {
      const reply = await space.federation.fetchAs(space.erika, `/v1/queries/${queryId}${path}`);
      expect([reply.status, reply.headers.get('cache-control'), reply.headers.get('etag')], path).toEqual([
        200,
        'no-store',
        null,
      ]);
    }
    const answer = await space.federation.fetchAs(space.erika, `/v1/queries/${queryId}/answer`);
    expect(answer.headers.get('vary')).toBe('Accept, Authorization');
  });
});
