/** Following a query while it happens, and ending it: for whoever asked it, at any process of the broker. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerWith, codeOf, one, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

let space: TwoCities;
let federation: TwoCities['federation'];
let cityA: TwoCities['cityA'];
let cityB: TwoCities['cityB'];

beforeAll(async () => {
  space = await startTwoCities();
  ({ federation, cityA, cityB } = space);
});
afterAll(() => federation.close());

interface Told {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly state: string; readonly progress: { readonly answered: number; readonly refused: number } };
}

interface Following {
  readonly response: Response;
  /** The next event; undefined when the stream has ended. */
  next(): Promise<Told | undefined>;
  close(): Promise<void>;
}

async function follow(queryId: string, headers: Record<string, string> = {}, url = federation.url()) {
  const cut = new AbortController();
  const address = `${url}/v1/queries/${queryId}/events`;
  const response = await federation.fetchAs(space.erika, address, { headers, signal: cut.signal });
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<Told | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end < 0) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        text += value;
        continue;
      }
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      const fields = new Map(
        block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]),
      );
      if (!fields.has('event')) continue;
      return {
        id: fields.get('id') ?? '',
        event: fields.get('event') ?? '',
        data: JSON.parse(fields.get('data') ?? ''),
      };
    }
  };
  const following: Following = { response, next, close: async () => cut.abort() };
  return following;
}

/** All that is left to come. */
async function rest(following: Following): Promise<Told[]> {
  const all: Told[] = [];
  for (let told = await following.next(); told !== undefined; told = await following.next()) all.push(told);
  return all;
}

const stateOf = async (queryId: string) => (await federation.asPerson(space.erika).queryState(queryId)).state;

const remove = async (queryId: string, person = space.erika): Promise<Response> =>
  federation.fetchAs(person, `/v1/queries/${queryId}`, { method: 'DELETE' });

describe('the way of a query', () => {
  it('is told step by step, and ends with the last state', async () => {
    const queryId = await space.submit();
    const following = await follow(queryId);
    expect(following.response.headers.get('content-type')).toBe('text/event-stream');
    expect(following.response.headers.get('cache-control')).toBe('no-store');
    expect(await following.next()).toMatchObject({ event: 'state', data: { queryId, state: 'accepted' } });
    await answerWith(cityA);
    expect(await following.next()).toMatchObject({ data: { state: 'running', progress: { answered: 1, waiting: 1 } } });
    await cityB.refuse(await one(cityB));
    const last = (await rest(following)).at(-1);
    expect(last?.data).toMatchObject({ state: 'failed', progress: { answered: 1, refused: 1 } });
  });

  it('is taken up where the listener was cut off, and is over for whoever has heard the end', async () => {
    const queryId = await space.submit();
    const first = await follow(queryId);
    const heard = (await first.next())?.id ?? '';
    await first.close();
    await answerWith(cityA);
    const second = await follow(queryId, { 'last-event-id': heard });
    expect((await second.next())?.data.progress.answered).toBe(1);
    await answerWith(cityB);
    const [end] = (await rest(second)).slice(-1);
    expect(end?.data.state).toBe('complete');
    expect(await rest(await follow(queryId))).toEqual([end]);
    expect((await follow(queryId, { 'last-event-id': end?.id ?? '' })).response.status).toBe(204);
  });

  it('is told by every process, and ends when that process does', async () => {
    const second = await federation.second();
    const queryId = await space.submit();
    const following = await follow(queryId, {}, second.url);
    expect((await following.next())?.data.state).toBe('accepted');
    const started = performance.now();
    await answerWith(cityA);
    expect((await following.next())?.data.progress.answered).toBe(1);
    // Woken: nobody looks by itself within three seconds.
    expect(performance.now() - started).toBeLessThan(2_500);
    const closing = performance.now();
    await second.close();
    expect(performance.now() - closing).toBeLessThan(5_000);
    expect(await rest(following)).toEqual([]);
    await answerWith(cityB);
    await space.answerOf(queryId);
  });

  it('is nobody else’s business', async () => {
    const queryId = await space.submit();
    const path = `${federation.url()}/v1/queries/${queryId}/events`;
    expect((await fetch(path)).status).toBe(401);
    expect((await federation.fetchAs(space.max, path)).status).toBe(404);
    await remove(queryId);
  });
});

describe('cancelling a query', () => {
  it('takes its tasks away before anybody has them, and tells whoever follows', async () => {
    const queryId = await space.submit();
    const following = await follow(queryId);
    await following.next();
    expect((await remove(queryId)).status).toBe(204);
    expect((await rest(following)).at(-1)?.data.state).toBe('cancelled');
    expect([await cityA.tasks(0), await cityB.tasks(0)]).toEqual([[], []]);
    expect(await stateOf(queryId)).toBe('cancelled');
  });

  it('counts nothing that comes later, and never has an answer', async () => {
    const queryId = await space.submit();
    const task = await one(cityA);
    const release = await cityA.release(task);
    await remove(queryId);
    await cityA.accept(task);
    await cityA.send(task, release);
    federation.later(70_000);
    expect(await cityA.tasks(0)).toEqual([]);
    expect(await federation.asPerson(space.erika).queryState(queryId)).toMatchObject({
      state: 'cancelled',
      progress: { answered: 0 },
    });
    const answer = await federation.fetchAs(space.erika, `/v1/queries/${queryId}/answer`, {
      headers: { prefer: 'wait=20' },
    });
    expect([answer.status, await answer.json()]).toMatchObject([404, { detail: 'The query was cancelled.' }]);
  });

  it('can be repeated, lets whoever waits go at once, and survives a restart', async () => {
    const signed = await federation.sign(space.erika);
    const waiting = space.post(signed, { prefer: 'wait=30', 'idempotency-key': 'waiting' });
    await expect.poll(() => cityA.tasks(0)).toHaveLength(1);
    const submitted = await federation.asPerson(space.erika).submit(signed);
    const queryId = submitted.kind === 'state' ? submitted.state.queryId : '';
    expect([(await remove(queryId)).status, (await remove(queryId)).status]).toEqual([204, 204]);
    expect(await (await waiting).json()).toMatchObject({ queryId, state: 'cancelled' });
    await federation.restart();
    expect(await stateOf(queryId)).toBe('cancelled');
  });

  it('leaves an answer that is there as it is', async () => {
    const queryId = await space.submit();
    await Promise.all([answerWith(cityA), answerWith(cityB)]);
    const answer = await space.answerOf(queryId);
    expect((await remove(queryId)).status).toBe(204);
    expect(await space.answerOf(queryId)).toEqual(answer);
  });

  it('is for the person who asked', async () => {
    const queryId = await space.submit();
    expect((await remove(queryId, space.max)).status).toBe(404);
    expect(await codeOf(federation.asPerson(space.max).queryState(queryId))).toBe('NOT_FOUND');
    expect((await fetch(`${federation.url()}/v1/queries/${queryId}`, { method: 'DELETE' })).status).toBe(401);
    expect(await stateOf(queryId)).toBe('accepted');
    await remove(queryId);
  });
});
