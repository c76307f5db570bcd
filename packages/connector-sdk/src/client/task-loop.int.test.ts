/** A node’s loop: every task once, calm while the broker is away, done when told to stop. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SentTask } from '@revier/schema';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderStore } from '../outbox/folder-outbox.case.ts';
import { type OutboxStore, pendingIn } from '../outbox/outbox.case.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { actor, BROKER } from '../signatures/actors.case.ts';
import { type BrokerClient, createBrokerClient } from './broker-client.ts';
import { type LoopState, runTaskLoop, type TaskLoopOptions } from './task-loop.ts';
import { type Given, problem, startTestBroker, type TestBroker } from './test-broker.case.ts';

const holder = await actor('holder', 'data-holder');

/** A broker as the design wants it: it offers a task until its receipt is there, and counts what arrives. */
class Tasks {
  readonly open = new Map<string, SentTask>();
  readonly arrived = new Map<string, number>();
  ready = true;

  add(name: string): void {
    this.open.set(name, { task: `${name}.task.sig`, query: 'its.query.sig' });
  }

  answer(method: string, path: string): Given {
    if (!this.ready) return problem('NOT_READY');
    if (method === 'GET') return { json: { tasks: [...this.open.values()] } };
    const name = path.split('/')[4] ?? '';
    this.arrived.set(name, (this.arrived.get(name) ?? 0) + 1);
    this.open.delete(name);
    return { status: 204 };
  }
}

let tasks: Tasks;
let broker: TestBroker;
let store: OutboxStore;
let outbox: Outbox;
let stop: AbortController;
let states: LoopState[];
let running: Promise<void>[];

const answering = async ({ method, path }: { method: string; path: string }, closed: AbortSignal): Promise<Given> => {
  // A long poll: wait a little for tasks, as long as the client is there.
  for (let i = 0; i < 10 && method === 'GET' && tasks.ready && tasks.open.size === 0 && !closed.aborted; i++)
    await sleep(10);
  return tasks.answer(method, path);
};

beforeEach(async () => {
  tasks = new Tasks();
  broker = await startTestBroker(answering);
  store = await folderStore();
  outbox = await store.open();
  stop = new AbortController();
  states = [];
  running = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(running);
  await broker.close();
  await store.remove();
});

const client = (): BrokerClient =>
  createBrokerClient({
    baseUrl: broker.url,
    timeoutMs: 2000,
    identity: { signer: holder.signer, iss: holder.id, aud: BROKER, realm: 'test' },
  });
const nameOf = ({ task }: SentTask): string => task.split('.')[0] ?? '';
const answerOne = async (task: SentTask): Promise<void> => {
  const name = nameOf(task);
  await outbox.put({ id: `receipt ${name}`, kind: 'receipt', taskId: name, receipt: 'aa.bb.cc' });
};

function start(more: Partial<TaskLoopOptions> = {}): Promise<void> {
  const loop = runTaskLoop({
    client: client(),
    outbox,
    handle: answerOne,
    signal: stop.signal,
    onState: (state) => states.push(state),
    random: () => 0.5,
    waitSeconds: 1,
    backoff: { firstMs: 10, longestMs: 40, random: () => 0.5 },
    ...more,
  });
  running.push(loop);
  return loop;
}

async function until(condition: () => boolean, ms = 5000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited in vain');
    await sleep(5);
  }
}

describe('the task loop', () => {
  it('answers every task exactly once', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `t${i}`);
    for (const name of names.slice(0, 10)) tasks.add(name);
    start();
    await until(() => tasks.arrived.size === 10);
    for (const name of names.slice(10)) tasks.add(name);
    await until(() => tasks.arrived.size === 20);
    expect([...tasks.arrived.values()].every((count) => count === 1)).toBe(true);
    expect(states).toEqual([{ kind: 'connected' }]);
  });

  it('works on so many at once, and never twice on one', async () => {
    const now = new Set<string>();
    let most = 0;
    for (let i = 0; i < 12; i++) tasks.add(`t${i}`);
    const doubles: string[] = [];
    start({
      concurrency: 3,
      handle: async (task) => {
        const name = nameOf(task);
        if (now.has(name)) doubles.push(name);
        now.add(name);
        most = Math.max(most, now.size);
        await sleep(15);
        await answerOne(task);
        now.delete(name);
      },
    });
    await until(() => tasks.arrived.size === 12);
    expect(most).toBe(3);
    expect(doubles).toEqual([]);
  });

  it('does not ask in a hurry while its tasks are in hand', async () => {
    tasks.add('slow');
    const begun = performance.now();
    start({ handle: (task) => sleep(600).then(() => answerOne(task)) });
    await until(() => tasks.arrived.has('slow'));
    const polls = broker.received.filter(({ method }) => method === 'GET').length;
    expect(polls).toBeLessThanOrEqual(2 + Math.floor((performance.now() - begun) / 1000));
  });

  it('tries a failing task again after a pause, and does the others meanwhile', async () => {
    tasks.add('bad');
    tasks.add('good');
    let attempts = 0;
    start({
      concurrency: 1,
      handle: async (task) => {
        if (nameOf(task) === 'bad' && ++attempts < 3) throw new Error('not yet');
        await answerOne(task);
      },
    });
    await until(() => tasks.arrived.size === 2);
    expect(attempts).toBe(3);
    const failed = states.flatMap((state) => (state.kind === 'task-failed' ? [[state.failures, state.pauseMs]] : []));
    expect(failed).toEqual([
      [1, 7.5],
      [2, 15],
    ]);
    expect([...tasks.arrived]).toEqual([
      ['good', 1],
      ['bad', 1],
    ]);
  });

  it('stays calm while the broker is away, longer each time, and goes on when it is back', async () => {
    const { port } = broker;
    start();
    await until(() => states.length === 1);
    await broker.close();
    await until(() => states.filter(({ kind }) => kind === 'away').length >= 5);
    const pauses = states.flatMap((state) => (state.kind === 'away' ? [state.pauseMs] : []));
    expect(pauses.slice(0, 4)).toEqual([7.5, 15, 30, 30]);
    tasks.add('later');
    broker = await startTestBroker(answering, port);
    await until(() => tasks.arrived.has('later'));
    expect(states.at(-1)).toEqual({ kind: 'connected' });
  });

  it('sends first what an earlier life has left behind', async () => {
    await outbox.put({ id: 'receipt old', kind: 'receipt', taskId: 'old', receipt: 'aa.bb.cc' });
    outbox = await store.open();
    start();
    await until(() => tasks.arrived.has('old'));
    expect(broker.received[0]?.path).toBe('/v1/node/tasks/old/receipt');
  });

  it('loses no answer when the broker goes away between task and receipt', async () => {
    const { port } = broker;
    tasks.add('t');
    let answered = false;
    start({
      handle: async (task) => {
        await broker.close();
        await answerOne(task);
        answered = true;
      },
    });
    await until(() => answered && states.some(({ kind }) => kind === 'away'));
    expect(await pendingIn(outbox)).toHaveLength(1);
    broker = await startTestBroker(answering, port);
    await until(() => tasks.arrived.has('t'));
    expect(tasks.arrived.get('t')).toBe(1);
    await until(() => states.at(-1)?.kind === 'connected');
    expect(await pendingIn(outbox)).toEqual([]);
  });

  it('waits as long as the broker asks for', async () => {
    tasks.ready = false;
    broker.answering = () => problem('RATE_LIMITED', { 'retry-after': '2' });
    start();
    await until(() => states.length > 0);
    expect(states[0]).toMatchObject({ kind: 'away', pauseMs: 2000, cause: { code: 'RATE_LIMITED' } });
  });

  it('says so when the broker will never take a message', async () => {
    broker.answering = ({ method }) => (method === 'GET' ? { json: { tasks: [] } } : problem('EXPIRED'));
    await outbox.put({ id: 'late', kind: 'receipt', taskId: 'late', receipt: 'aa.bb.cc' });
    start();
    await until(() => states.some(({ kind }) => kind === 'refused'));
    expect(states[0]).toMatchObject({ kind: 'refused', item: { id: 'late' }, problem: { code: 'EXPIRED' } });
    stop.abort();
  });

  it('stops within a second, in the middle of a long poll and of a task, and lets the task end first', async () => {
    tasks.add('t');
    let ended = false;
    const loop = start({
      waitSeconds: 30,
      handle: async (_task, signal) => {
        await sleep(60_000, undefined, { signal }).catch(() => undefined);
        await sleep(20);
        ended = true;
      },
    });
    await until(() => states.length === 1);
    await sleep(50);
    const begun = performance.now();
    stop.abort();
    await loop;
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(ended).toBe(true);
  });

  it('does nothing at all when it is stopped already', async () => {
    stop.abort();
    await start();
    expect(broker.received).toEqual([]);
  });
});
