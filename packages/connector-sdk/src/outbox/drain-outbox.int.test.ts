/** Draining the outbox against a broker that fails, refuses, or is away. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInner } from '../client/inner.ts';
import { type Given, problem, startTestBroker, type TestBroker } from '../client/test-broker.case.ts';
import { drainOutbox, drainPass, type OutboxClient } from './drain-outbox.ts';
import { folderStore } from './folder-outbox.case.ts';
import { type OutboxStore, pendingIn, receiptMessage, releaseMessage } from './outbox.case.ts';
import type { Outbox } from './outbox.ts';

describe('draining the outbox', () => {
  let store: OutboxStore;
  let outbox: Outbox;
  let broker: TestBroker;
  let answers: Map<string, Given>;

  beforeEach(async () => {
    store = await folderStore();
    outbox = await store.open();
    answers = new Map();
    broker = await startTestBroker(({ path }) => answers.get(path) ?? { status: 204 });
  });
  afterEach(async () => {
    await broker.close();
    await store.remove();
  });

  const client = (): OutboxClient => {
    const http = createInner({ baseUrl: broker.url });
    return {
      sendReceipt: async (taskId) => void (await http({ method: 'POST', path: `/${taskId}/receipt` })),
      sendRelease: async (taskId, _header, body) =>
        void (await http({ method: 'PUT', path: `/${taskId}/release`, bytes: Uint8Array.from(body) })),
      sendOpening: async (taskId) => void (await http({ method: 'POST', path: `/${taskId}/opening` })),
    };
  };
  const fast = { firstMs: 5, longestMs: 20, random: () => 0.5 };
  const paths = () => broker.received.map(({ path }) => path);
  const signal = new AbortController().signal;

  it('sends everything in order and leaves nothing', async () => {
    await outbox.put(receiptMessage('1', 'a'));
    await outbox.put(releaseMessage('2', 'a'));
    await outbox.put(receiptMessage('3', 'b'));
    await drainOutbox(outbox, client(), { signal, random: () => 0.5 });
    expect(paths()).toEqual(['/a/receipt', '/a/release', '/b/receipt']);
    expect(await pendingIn(outbox)).toEqual([]);
  });

  it('keeps what the broker fails on, and what belongs to it, but sends the rest', async () => {
    answers.set('/a/receipt', problem('INTERNAL'));
    await outbox.put(receiptMessage('1', 'a'));
    await outbox.put(releaseMessage('2', 'a'));
    await outbox.put(receiptMessage('3', 'b'));
    expect(await drainPass(outbox, client(), { signal })).toBe(2);
    expect(paths()).toEqual(['/a/receipt', '/b/receipt']);
    answers.clear();
    expect(await drainPass(outbox, client(), { signal })).toBe(0);
    expect(paths().slice(2)).toEqual(['/a/receipt', '/a/release']);
  });

  it.each(['NOT_FOUND', 'REPLAYED', 'EXPIRED', 'BODY_TOO_LARGE'] as const)(
    'gives up what is answered with %s, and says so',
    async (code) => {
      answers.set('/a/receipt', problem(code));
      await outbox.put(receiptMessage('1', 'a'));
      const refused: string[] = [];
      const onRefused = (item: { id: string }, given: { code: string }) => refused.push(`${item.id} ${given.code}`);
      expect(await drainPass(outbox, client(), { signal, onRefused })).toBe(0);
      expect(refused).toEqual([`1 ${code}`]);
      expect(await pendingIn(outbox)).toEqual([]);
    },
  );

  it.each(['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'BROKER_BUSY', 'NOT_READY'] as const)(
    'keeps what is answered with %s',
    async (code) => {
      answers.set('/a/receipt', problem(code));
      await outbox.put(receiptMessage('1', 'a'));
      expect(await drainPass(outbox, client(), { signal })).toBe(1);
      expect(await pendingIn(outbox)).toHaveLength(1);
    },
  );

  it('keeps what a proxy refuses in words of its own', async () => {
    answers.set('/a/receipt', { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>nginx</h1>' });
    await outbox.put(receiptMessage('1', 'a'));
    await expect(drainPass(outbox, client(), { signal })).rejects.toMatchObject({ fault: 'unexpected-answer' });
    expect(await pendingIn(outbox)).toHaveLength(1);
  });

  it('waits for a broker that is away, and goes on when it is back', async () => {
    const { port } = broker;
    await broker.close();
    await outbox.put(releaseMessage('1', 'a'));
    const drained = drainOutbox(outbox, client(), { signal, random: () => 0.5, backoff: fast });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await pendingIn(outbox)).toHaveLength(1);
    broker = await startTestBroker(() => ({ status: 204 }), port);
    await drained;
    expect(await pendingIn(outbox)).toEqual([]);
    expect(paths()).toEqual(['/a/release']);
  });

  it('breaks off a release that was kept back while it was being sent, and says the refusal in its place', async () => {
    const arrived = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    broker.answering = ({ path }, closed) => {
      if (path !== '/a/release') return { status: 204 };
      closed.addEventListener('abort', () => gone.resolve());
      arrived.resolve();
      return new Promise(() => undefined);
    };
    await outbox.put(releaseMessage('1', 'a'));
    const cut = new AbortController();
    const pass = drainPass(outbox, client(), { signal, cut: () => cut.signal });
    await arrived.promise;
    await outbox.done('1');
    await outbox.put(receiptMessage('2', 'a'));
    cut.abort();
    await Promise.all([pass, gone.promise]);
    // An outbox may have looked before the refusal was there.
    await drainPass(outbox, client(), { signal });
    expect(paths()).toEqual(['/a/release', '/a/receipt']);
    expect(await pendingIn(outbox)).toEqual([]);
  });

  it('sends again what was broken off and is still wanted, in its order', async () => {
    const arrived = Promise.withResolvers<void>();
    broker.answering = () => {
      arrived.resolve();
      return new Promise(() => undefined);
    };
    await outbox.put(receiptMessage('1', 'a'));
    await outbox.put(releaseMessage('2', 'a'));
    const cut = new AbortController();
    const pass = drainPass(outbox, client(), { signal, cut: () => cut.signal });
    await arrived.promise;
    broker.answering = () => ({ status: 204 });
    cut.abort();
    expect(await pass).toBe(2);
    expect(await drainPass(outbox, client(), { signal })).toBe(0);
    expect(paths()).toEqual(['/a/receipt', '/a/receipt', '/a/release']);
  });

  it('ends when it is told to, and keeps everything', async () => {
    await broker.close();
    await outbox.put(receiptMessage('1', 'a'));
    const stop = new AbortController();
    const drained = drainOutbox(outbox, client(), { signal: stop.signal, random: () => 0.5 });
    stop.abort();
    await expect(drained).rejects.toHaveProperty('name', 'AbortError');
    expect(await pendingIn(outbox)).toHaveLength(1);
  });
});
