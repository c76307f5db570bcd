/** Being told to stop: what is under way is finished or handed back, and readiness tells the truth meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askThrough } from './harness/asking.ts';
import { expectOneEntryEach } from './harness/exactly-once.ts';
import type { Federation } from './harness/federation.ts';
import type { Service } from './harness/service.ts';
import { copyFederation } from './harness/start-federation.ts';
import { until } from './harness/until.ts';

/** Less than the grace time after which connections are cut. */
const PROMPT_MS = 8_000;

describe('a service that is told to stop', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await copyFederation();
  });
  afterAll(() => federation.stop());

  const stopsPromptly = async (service: Service): Promise<void> => {
    const started = performance.now();
    expect(await service.terminate(), service.name).toEqual({ code: 0, signal: null });
    expect(performance.now() - started, service.name).toBeLessThan(PROMPT_MS);
  };

  it('is not ready before it can work', async () => {
    const { broker, brokerUrl } = federation;
    const seen = [await statusAt(brokerUrl)];
    broker.launch();
    await until('the broker is ready', async () => {
      seen.push(await statusAt(brokerUrl));
      return seen.at(-1) === 200;
    });
    expect(seen.slice(0, -1).every((status) => status === 'gone' || status === 503)).toBe(true);
    // Whoever is told that it is ready can ask at once.
    expect((await fetch(`${brokerUrl}/v1/registers`)).status).toBe(200);
    await federation.start();
  });

  it('as a node hands back what it has not finished, and another run of it answers', async () => {
    const { krebsregister } = federation.nodes;
    const answer = askThrough(federation.profile);
    await until('the registry is asked', async () =>
      federation.broker.log().some((line) => line.includes('stage begun')),
    );
    await stopsPromptly(krebsregister);
    await krebsregister.start();
    await expectOneEntryEach(federation, await answer);
    expect((await answer).state).toBe('complete');
  });

  it('as a broker sends those who wait away, and another run of it answers', async () => {
    const { broker, nodes } = federation;
    nodes.essen.signal('SIGSTOP');
    const answer = askThrough(federation.profile);
    await until('Bochum has answered', async () => (await federation.decisions('bochum')).length === 2);
    await stopsPromptly(broker);
    nodes.essen.signal('SIGCONT');
    await broker.start();
    await expectOneEntryEach(federation, await answer);
    expect((await answer).state).toBe('complete');
  });

  it('is never ready again once it stops', async () => {
    for (const service of [federation.broker, federation.nodes.bochum]) {
      const url = service.url();
      const ended = service.terminate();
      const after: (number | 'gone')[] = [];
      while (service.isRunning()) after.push(await statusAt(url));
      expect(await ended).toEqual({ code: 0, signal: null });
      // What was under way at the moment of the signal may still be answered as before.
      const first = after.findIndex((status) => status !== 200);
      expect(
        after.slice(first).every((status) => status === 503 || status === 'gone'),
        service.name,
      ).toBe(true);
      expect(await statusAt(url)).toBe('gone');
    }
  });
});

const statusAt = (url: string): Promise<number | 'gone'> =>
  fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) }).then(
    ({ status }) => status,
    () => 'gone' as const,
  );
