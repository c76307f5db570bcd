/** Too much of a good thing: requests, queries under way, bodies and headers, each with a bound and a clear word. */
import { accessToken } from '@revier/connector-sdk';
import { Problem } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROKER } from './testing/data-space.case.ts';
import { CITY_A, CITY_B, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

let space: TwoCities;
const limits = { queriesPerMinute: 6, readsPerMinute: 4, nodeCallsPerMinute: 4, unfinishedQueries: 2 };

beforeAll(async () => {
  space = await startTwoCities(limits);
});
afterAll(() => space.federation.close());

const send = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${space.federation.url()}${path}`, init);

async function statuses(times: number, ask: () => Promise<Response>): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < times; i += 1) all.push((await ask()).status);
  return all;
}

async function asHolder(id: string): Promise<RequestInit> {
  const { signer } = space.federation.member(id);
  const token = await accessToken({ signer, iss: id, aud: BROKER, realm: 'test', now: new Date() });
  return { headers: { authorization: `Bearer ${token}` } };
}

async function expectRefused(response: Response, status: number, code: string): Promise<void> {
  expect(Problem.parse(await response.json())).toMatchObject({ status, code });
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
}

describe('who asks too much', () => {
  it('waits, as a person, while others go on', async () => {
    const path = '/v1/queries/7f0e0a3e-9a1c-4d0e-8a53-0a9c5e1f2b3d';
    expect(await statuses(4, () => space.federation.fetchAs(space.erika, path))).toEqual([404, 404, 404, 404]);
    await expectRefused(await space.federation.fetchAs(space.erika, path), 429, 'RATE_LIMITED');
    expect((await space.federation.fetchAs(space.max, path)).status).toBe(404);
    expect((await send('/v1/catalogue', {})).status).toBe(200);
  });

  it('waits, as a node, while its neighbour goes on, and nobody can use up what is theirs', async () => {
    const init = await asHolder(CITY_A);
    const poll = () => send('/v1/node/tasks', init);
    // Publishing was a request as well.
    expect((await statuses(6, poll)).at(-1)).toBe(429);
    await expectRefused(await poll(), 429, 'RATE_LIMITED');
    expect((await send('/v1/node/tasks', await asHolder(CITY_B))).status).toBe(200);
    const forged = { headers: { authorization: 'Bearer e30.e30.e30' } };
    expect(new Set(await statuses(10, () => send('/v1/node/tasks', forged)))).toEqual(new Set([401]));
  });

  it('has so many queries under way at most, and loses none of them; then waits', async () => {
    const ask = async (person = space.erika) => space.post(await space.federation.sign(person));
    expect(await statuses(2, ask)).toEqual([202, 202]);
    const busy = await ask();
    await expectRefused(busy, 503, 'BROKER_BUSY');
    expect((await ask(space.max)).status).toBe(202);
    const signed = await space.federation.sign(space.max);
    expect((await space.post(signed)).status).toBe(202);
    expect([(await space.post(signed)).status, (await space.post(signed)).status]).toEqual([202, 202]);
    expect(await statuses(4, ask)).toEqual([503, 503, 503, 429]);
    await expectRefused(await ask(), 429, 'RATE_LIMITED');
  });
});

describe('what is too large', () => {
  it.each([
    ['a query', 'POST', '/v1/queries', 'application/json', 256 * 1024 + 1],
    [
      'a release',
      'PUT',
      '/v1/node/tasks/7f0e0a3e-9a1c-4d0e-8a53-0a9c5e1f2b3d/release',
      'application/cbor',
      2 ** 26 + 1,
    ],
  ])('is refused by its length alone: %s', async (_what, method, path, type, bytes) => {
    const { headers } = await asHolder(CITY_B);
    const response = await send(path, {
      method,
      headers: { ...headers, 'content-type': type },
      body: new Uint8Array(bytes),
    })
      // The door may be shut in the middle of the sending.
      .catch(() => undefined);
    expect([413, undefined]).toContain(response?.status);
  });

  it('is refused for its headers', async () => {
    const response = await send('/v1/catalogue', { headers: { authorization: `Bearer ${'x'.repeat(20_000)}` } });
    expect(response.status).toBe(431);
    expect(Problem.parse(await response.json()).code).toBe('HEADERS_TOO_LARGE');
  });
});
