/** Every operation against the committed description: generated requests, good and bad, and no reply outside it. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Reply, readContract } from './testing/contract.case.ts';
import { type Pool, poolOf } from './testing/contract-pool.case.ts';
import { type Generated, requestOf } from './testing/contract-requests.case.ts';
import { startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

const contract = readContract(new URL('../../../docs/openapi/broker.json', import.meta.url));
const RUNS = 5_000;
/** Two cities have one stage, and answer each for itself: success with these is shown where whole queries are played. */
const needsOthers = ['GET /v1/node/bodies/{hash}', 'POST /v1/node/tasks/{taskId}/opening'];

let space: TwoCities;
let pool: Pool;

beforeAll(async () => {
  const plenty = 1_000_000;
  space = await startTwoCities({
    queriesPerMinute: plenty,
    readsPerMinute: plenty,
    nodeCallsPerMinute: plenty,
    enrolmentsPerMinute: plenty,
    trustPerMinute: plenty,
    unfinishedQueries: 1_000,
  });
  pool = await poolOf(space);
}, 120_000);
afterAll(() => space.federation.close());

/** Only the beginning of what goes on until its query has ended. */
async function ask({ operation, url, headers, authorize, body }: Generated): Promise<Reply> {
  const cut = new AbortController();
  const { method } = operation;
  const shown = await authorize?.({ method, url: `${space.federation.url()}${url}` });
  const init: RequestInit = { method, headers: { ...headers, ...shown }, signal: cut.signal };
  if (body !== undefined) init.body = typeof body === 'string' ? body : new Uint8Array(body);
  const response = await fetch(`${space.federation.url()}${url}`, init);
  const type = response.headers.get('content-type');
  if (type !== 'text/event-stream') return { status: response.status, type, body: await response.text() };
  cut.abort();
  return { status: response.status, type, body: '' };
}

describe('the interface', () => {
  it(`keeps to its description in ${RUNS} generated requests`, { timeout: 300_000 }, async () => {
    const seen = new Map(contract.operations.map(({ name }) => [name, new Map<number, number>()]));
    const requests = fc.oneof(...contract.operations.map((one) => requestOf(one, { contract, pool })));
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const reply = await ask(request);
        const counts = seen.get(request.operation.name);
        counts?.set(reply.status, (counts.get(reply.status) ?? 0) + 1);
        expect(contract.breach(request.operation, reply)).toBeUndefined();
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 280_000, markInterruptAsFailure: true },
    );
    // Else it would prove nothing: every operation has been heard to succeed, and most to refuse.
    const heard = (is: (status: number) => boolean) =>
      [...seen].flatMap(([name, counts]) => ([...counts.keys()].some(is) ? [name] : []));
    const others = [...seen.keys()].filter((name) => !needsOthers.includes(name));
    expect(heard((status) => status < 400)).toEqual(expect.arrayContaining(others));
    expect(heard((status) => status >= 400).length).toBeGreaterThan(seen.size / 2);
  });
});
