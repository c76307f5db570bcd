/** The line between a node and the broker: cut, silent, and back. */
import { freePort } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askThrough } from './harness/asking.ts';
import { expectOneEntryEach } from './harness/exactly-once.ts';
import type { Federation } from './harness/federation.ts';
import { isConnected } from './harness/health.ts';
import { type Line, lineTo } from './harness/line.ts';
import { cities } from './harness/members.ts';
import { startFederation } from './harness/start-federation.ts';
import { until } from './harness/until.ts';

describe('a node whose line to the broker breaks', () => {
  let federation: Federation;
  let line: Line;
  beforeAll(async () => {
    const port = await freePort();
    line = await lineTo(port);
    federation = await startFederation({
      brokerPort: port,
      brokerUrlFor: (slug, url) => (slug === 'krebsregister' ? `http://127.0.0.1:${line.port}` : url),
    });
  });
  afterAll(async () => {
    await federation.stop();
    await line.close();
  });

  const isRegistryConnected = () => isConnected(federation.nodes.krebsregister.url());
  const isAway = async () => !(await isRegistryConnected());
  const citiesHaveAnswered = (times: number) =>
    until('the cities have answered', async () => {
      const decisions = await Promise.all(cities.map((city) => federation.decisions(city)));
      return decisions.every(({ length }) => length === times);
    });

  it('answers when the line is back, though it was cut for the first half of the query', async () => {
    line.cut();
    await until('the registry is away', isAway);
    const answer = askThrough(federation.profile);
    await citiesHaveAnswered(1);
    expect(await federation.decisions('krebsregister')).toEqual([]);
    line.mend();
    await expectOneEntryEach(federation, await answer);
    expect((await answer).state).toBe('complete');
  });

  it('does not count a line that takes everything and answers nothing as a connection, and answers when it speaks again', async () => {
    line.cut();
    await until('the registry is away', isAway);
    line.silence();
    const before = line.opened();
    const answer = askThrough(federation.profile);
    await citiesHaveAnswered(2);
    await until('the registry has tried', async () => line.opened() > before);
    expect(await isRegistryConnected()).toBe(false);
    line.mend();
    await expectOneEntryEach(federation, await answer);
    expect((await answer).state).toBe('complete');
  });

  it('gives up waiting on a line that has died without a word, and comes back by itself', async () => {
    // Its long poll hangs in the air: no reset, no end, as behind a router that was switched off.
    line.silence();
    const answer = askThrough(federation.profile);
    await citiesHaveAnswered(3);
    const before = line.opened();
    await until('the registry has given up and tried anew', async () => line.opened() > before, 90_000);
    line.mend();
    await expectOneEntryEach(federation, await answer);
    expect((await answer).state).toBe('complete');
  });
});
