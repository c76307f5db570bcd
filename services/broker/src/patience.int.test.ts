/** Waiting, waking and restarts, and what the log tells of all that. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerWith, CITY_A, one, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

let space: TwoCities;
let federation: TwoCities['federation'];
let erika: TwoCities['erika'];
let cityA: TwoCities['cityA'];
let cityB: TwoCities['cityB'];
let submit: TwoCities['submit'];
let finish: TwoCities['finish'];
let answerOf: TwoCities['answerOf'];
let post: TwoCities['post'];

beforeAll(async () => {
  space = await startTwoCities();
  ({ federation, erika, cityA, cityB, submit, finish, answerOf, post } = space);
});

afterAll(() => space.federation.close());

describe('waiting', () => {
  it('gives the answer at once with `Prefer: wait`, in the wanted form', async () => {
    const reply = post(await federation.sign(erika), { prefer: 'respond-async, wait=20', accept: 'text/csv' });
    await finish();
    const response = await reply;
    expect([response.status, response.headers.get('preference-applied')]).toEqual([200, 'wait=20']);
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect((await response.text()).split('\r\n')[0]).toBe('area,sex,people,people_status');
  });

  it('gives the state when the answer is not there in time', async () => {
    const started = performance.now();
    const response = await post(await federation.sign(erika), { prefer: 'wait=1' });
    expect(response.status).toBe(202);
    expect(performance.now() - started).toBeGreaterThan(990);
    await finish();
  });

  it('tells the state of a query as soon as it has ended, with `Prefer: wait`', async () => {
    const queryId = await submit();
    const path = `/v1/queries/${queryId}`;
    const [state, answer] = ['', '/answer'].map((tail) =>
      federation.fetchAs(erika, `${path}${tail}`, { headers: { prefer: 'wait=20' } }),
    );
    await finish();
    expect((await state)?.headers.get('preference-applied')).toBe('wait=20');
    expect(await (await state)?.json()).toMatchObject({ queryId, state: 'complete' });
    expect(await (await answer)?.json()).toMatchObject({ queryId, state: 'complete' });
  });

  it('wakes a long poll in less than a second', async () => {
    const poll = cityA.tasks(30);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const started = performance.now();
    await submit();
    const [task] = await poll;
    expect(performance.now() - started).toBeLessThan(1000);
    if (task === undefined) throw new Error('No task came.');
    await cityA.send(task, await cityA.release(task));
    await answerWith(cityB);
  });

  it('wakes a long poll at another process on the same records', async () => {
    const second = await federation.second();
    const poll = federation.asHolderAt(second.url, CITY_A).pollTasks(30);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const started = performance.now();
    const queryId = await submit();
    const [sent] = await poll;
    if (sent === undefined) throw new Error('No task came.');
    expect(performance.now() - started).toBeLessThan(1000);
    const task = await cityA.open(sent);
    await cityA.send(task, await cityA.release(task));
    await answerWith(cityB);
    expect((await answerOf(queryId)).state).toBe('complete');
    await second.close();
  });
});

describe('a broker that is started anew in the middle of a query', () => {
  it('goes on where it was, on the same records', async () => {
    const queryId = await submit();
    const task = await one(cityA);
    await cityA.accept(task);
    await federation.restart();
    expect((await federation.asPerson(erika).queryState(queryId)).state).toBe('running');
    await cityA.send(task, await cityA.release(task));
    await answerWith(cityB);
    expect((await answerOf(queryId)).state).toBe('complete');
  });

  it('still keeps the deadline', async () => {
    const queryId = await submit(3);
    await federation.restart();
    expect((await answerOf(queryId)).state).toBe('failed');
  });

  it('offers again what was delivered and never answered for', async () => {
    await submit(60);
    const [first, other] = [await one(cityA), await one(cityB)];
    expect(await cityA.tasks(0)).toEqual([]);
    federation.later(15_000);
    const again = await one(cityA);
    expect([again.task.taskId, again.task.attempt]).toEqual([first.task.taskId, 2]);
    await cityA.send(again, await cityA.release(again));
    await cityB.refuse(other);
    expect(await cityB.tasks(0)).toEqual([]);
  });
});

describe('a node that has accepted a task and lost it', () => {
  it('gets it again after a while, and answers once', async () => {
    const queryId = await submit(200);
    const [first, other] = [await one(cityA), await one(cityB)];
    await cityA.accept(first);
    federation.later(16_000);
    expect(await cityA.tasks(0)).toEqual([]);
    federation.later(15_000);
    const again = await one(cityA);
    expect([again.task.taskId, again.task.attempt]).toEqual([first.task.taskId, 2]);
    await cityA.accept(again);
    const release = await cityA.release(again);
    await cityA.send(again, release);
    await cityA.send(first, release);
    federation.later(31_000);
    expect(await cityA.tasks(0)).toEqual([]);
    await cityB.send(other, await cityB.release(other));
    const answer = await answerOf(queryId);
    expect([answer.state, answer.holders.map(({ status }) => status)]).toEqual(['complete', ['answered', 'answered']]);
  });
});

describe('the log', () => {
  it('names queries and outcomes, never persons or what they signed', () => {
    const log = federation.logged();
    expect(log).toContain('query answered');
    expect(log).not.toMatch(/erika17|max4|eyJ/);
  });
});
