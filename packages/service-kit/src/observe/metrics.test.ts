/** Metrics tell what is in their lists, in Prometheus' format, and nothing that was slipped to them. */
import { Writable } from 'node:stream';
import { freePort } from '@revier/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../logging.ts';
import { httpTimes, serveMetrics } from './http-metrics.ts';
import { type Metrics, noMetrics } from './metrics.ts';
import { openObservation } from './observation.ts';
import { prometheusMetrics } from './prometheus.ts';

const textOf = async (metrics: Metrics): Promise<string> => (await metrics.text?.())?.text ?? '';
const linesOf = async (metrics: Metrics, name: string): Promise<string[]> =>
  (await textOf(metrics)).split('\n').filter((line) => line.startsWith(name));

const about = { name: 'revier_queries_total', help: 'Queries.', labels: { state: ['complete', 'failed'] } } as const;

describe('a counter', () => {
  it('is there from the first look on, with every value that it can have', async () => {
    const metrics = prometheusMetrics();
    metrics.counter(about);
    expect(await linesOf(metrics, about.name)).toEqual([
      'revier_queries_total{state="complete"} 0',
      'revier_queries_total{state="failed"} 0',
    ]);
  });

  it('counts', async () => {
    const metrics = prometheusMetrics();
    const queries = metrics.counter(about);
    queries.add({ state: 'complete' });
    queries.add({ state: 'complete' }, 2);
    expect(await linesOf(metrics, about.name)).toContain('revier_queries_total{state="complete"} 3');
  });

  it('does not repeat a value that is in no list, even where a type was deceived', async () => {
    const metrics = prometheusMetrics();
    const deceived: { add(labels: { state: string }): void } = metrics.counter<{ state: readonly string[] }>(about);
    deceived.add({ state: 'did:web:university.example#r17' });
    const text = await textOf(metrics);
    expect(text).not.toContain('r17');
    expect(text).toContain('revier_queries_total{state="other"} 1');
  });
});

describe('a timer', () => {
  it('tells seconds in buckets', async () => {
    const metrics = prometheusMetrics();
    metrics.timer({ name: 'revier_step_seconds', help: 'Steps.', labels: { step: ['gate'] } }).record(0.02, {
      step: 'gate',
    });
    const lines = await linesOf(metrics, 'revier_step_seconds');
    expect(lines).toContain('revier_step_seconds_bucket{le="0.01",step="gate"} 0');
    expect(lines).toContain('revier_step_seconds_bucket{le="0.025",step="gate"} 1');
    expect(lines).toContain('revier_step_seconds_sum{step="gate"} 0.02');
  });
});

describe('a gauge', () => {
  it('is read anew at each look', async () => {
    const metrics = prometheusMetrics();
    let depth = 4;
    metrics.gauge({ name: 'revier_outbox_depth', help: 'Messages.', labels: {} }, async () => [
      { labels: {}, value: depth },
    ]);
    expect(await linesOf(metrics, 'revier_outbox_depth')).toEqual(['revier_outbox_depth 4']);
    depth = 0;
    expect(await linesOf(metrics, 'revier_outbox_depth')).toEqual(['revier_outbox_depth 0']);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('no connection'))],
    ['never answers', () => new Promise<never>(() => undefined)],
  ])('whose source %s is left out; the others are told', async (_what, read) => {
    const metrics = prometheusMetrics();
    metrics.gauge({ name: 'revier_outbox_depth', help: 'Messages.', labels: {} }, read);
    metrics.counter(about);
    const lines = (await linesOf(metrics, 'revier_')).map((line) => line.replace(/[ {].*/, ''));
    expect(lines).toEqual([about.name, about.name]);
  });
});

describe('times of requests', () => {
  it('are kept by the template of the route and the class of the status', async () => {
    const metrics = prometheusMetrics();
    httpTimes(metrics)({ method: 'GET', route: '/v1/queries/:queryId', status: 404, milliseconds: 3 });
    httpTimes(noMetrics)({ method: 'GET', route: 'unknown', status: 200, milliseconds: 3 });
    expect(await linesOf(metrics, 'revier_http_request_seconds_count')).toEqual([
      'revier_http_request_seconds_count{method="GET",route="/v1/queries/:queryId",status="4xx"} 1',
    ]);
  });
});

describe('a process', () => {
  it('tells memory and processor time, too', async () => {
    const text = await textOf(prometheusMetrics());
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds'])
      expect(text).toContain(name);
  });
});

describe('the door for Prometheus', () => {
  const logger = createLogger({
    ...{ name: 'test', level: 'silent' },
    destination: new Writable({ write: (_chunk, _encoding, done) => done() }),
  });
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  async function door(metrics: Metrics) {
    const served = await serveMetrics(metrics, { port: 0, logger });
    open.push(served);
    return served.url;
  }

  it('is on the loopback, in the format of Prometheus', async () => {
    const url = await door(prometheusMetrics());
    expect(new URL(url).hostname).toBe('127.0.0.1');
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await response.text()).toContain('# TYPE process_cpu_seconds_total counter');
  });

  it('is opened with its port, and closed at the end', async () => {
    const port = await freePort();
    const observation = await openObservation({ service: 'test', metrics: { port }, logger });
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
    await observation.close();
    await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
  });

  it('stays closed to pages in a browser', async () => {
    const url = await door(prometheusMetrics());
    expect((await fetch(`${url}/metrics`, { headers: { origin: 'http://evil.example' } })).status).toBe(403);
  });

  it('has nothing behind it where metrics are off', async () => {
    expect((await fetch(`${await door(noMetrics)}/metrics`)).status).toBe(404);
  });
});
