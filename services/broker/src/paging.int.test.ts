/** Lists page by page: complete, in order, without repetition, and only what is one’s own. */
import { QueryList, RegisterList } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGISTER } from './testing/data-space.case.ts';
import { startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

let space: TwoCities;
let own: string[];

beforeAll(async () => {
  space = await startTwoCities();
  own = [];
  for (let i = 0; i < 7; i += 1) own.push(await space.submit());
  await space.post(await space.federation.sign(space.max));
});
afterAll(() => space.federation.close());

const get = async (path: string, person = space.erika): Promise<Response> => space.federation.fetchAs(person, path);

async function pages(limit: number): Promise<QueryList[]> {
  const all: QueryList[] = [];
  for (let path: string | undefined = `/v1/queries?limit=${limit}`; path !== undefined; ) {
    const reply: Response = await get(path);
    const page = QueryList.parse(await reply.json());
    all.push(page);
    path = /^<([^>]+)>; rel="next"$/.exec(reply.headers.get('link') ?? '')?.[1];
    expect(path?.includes(page.next ?? '-') ?? false).toBe(page.next !== null);
  }
  return all;
}

const ids = (all: readonly QueryList[]) => all.flatMap(({ queries }) => queries.map(({ queryId }) => queryId));

describe('the list of queries', () => {
  it.each([1, 2, 3, 7, 100])('is whole, newest first, in pages of %d', async (limit) => {
    const all = await pages(limit);
    expect(ids(all)).toEqual(own.toReversed());
    expect(all).toHaveLength(Math.ceil(own.length / limit));
  });

  it('goes on where it was when something new has come meanwhile', async () => {
    const first = QueryList.parse(await (await get('/v1/queries?limit=3')).json());
    const later = await space.submit();
    const second = QueryList.parse(await (await get(`/v1/queries?limit=100&cursor=${first.next}`)).json());
    expect(ids([first, second])).toEqual(own.toReversed());
    own.push(later);
  });

  it('tells where each query is', async () => {
    const [newest] = QueryList.parse(await (await get('/v1/queries')).json()).queries;
    expect(newest).toMatchObject({ state: 'accepted', register: REGISTER, progress: { tasks: 2, waiting: 2 } });
  });

  it('is one’s own: another person sees theirs, a stranger nothing', async () => {
    const theirs = QueryList.parse(await (await get('/v1/queries', space.max)).json());
    expect(theirs.queries).toHaveLength(1);
    expect(own).not.toContain(theirs.queries[0]?.queryId);
    expect(QueryList.parse(await (await get('/v1/queries', await space.federation.person('nobody'))).json())).toEqual({
      queries: [],
      next: null,
    });
    expect((await fetch(`${space.federation.url()}/v1/queries`)).status).toBe(401);
    const stolen = QueryList.parse(await (await get('/v1/queries?limit=1')).json()).next;
    const other = QueryList.parse(await (await get(`/v1/queries?cursor=${stolen}`, space.max)).json());
    expect(other.queries.every(({ queryId }) => !own.includes(queryId))).toBe(true);
  });

  it.each(['cursor=e30', 'cursor=bm9uc2Vuc2U', 'cursor=%00', 'limit=0', 'limit=101', 'limit=x', 'page=2'])(
    'is not asked for with ?%s',
    async (search) => {
      const reply = await get(`/v1/queries?${search}`);
      expect([reply.status, await reply.json()]).toMatchObject([400, { code: 'INVALID_REQUEST' }]);
    },
  );
});

it('the list of registers has pages of the same kind', async () => {
  const reply = await get('/v1/registers?limit=1');
  expect(RegisterList.parse(await reply.json())).toMatchObject({ registers: [{ id: REGISTER }], next: null });
  const after = Buffer.from(JSON.stringify({ after: REGISTER })).toString('base64url');
  expect(await (await get(`/v1/registers?cursor=${after}`)).json()).toEqual({ registers: [], next: null });
  const before = Buffer.from(JSON.stringify({ after: 'urn:revier:register:a' })).toString('base64url');
  expect(RegisterList.parse(await (await get(`/v1/registers?cursor=${before}`)).json()).registers).toHaveLength(1);
});
