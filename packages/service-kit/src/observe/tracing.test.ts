/** Traces reach a real collector over HTTP; broker and node find one trace without a word between them, and no words of errors leave. */
import { AppError } from '@revier/schema';
import { startCollector } from '@revier/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../logging.ts';
import { openObservation } from './observation.ts';
import { preciseNow, stepsOf } from './steps.ts';

const steps = ['porch', 'gate'] as const;
const codeOf = (error: unknown) => (error instanceof AppError ? error.code : undefined);
const [query, task] = ['sha256:0f', 'c2/1'];

let collector: Awaited<ReturnType<typeof startCollector>>;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(() => collector.close());

async function observed(service: string, tracesTo: string = collector.url) {
  const lines: string[] = [];
  const logger = createLogger({ name: 'test', level: 'warn', destination: { write: (line) => void lines.push(line) } });
  const observation = await openObservation({ service, metrics: true, tracesTo, logger });
  return { lines, observation, ...stepsOf(observation, { service, steps, codeOf }) };
}

describe('a step', () => {
  it('becomes a span below its query, whichever service took it', async () => {
    const [broker, node] = [await observed('revier-broker'), await observed('revier-registry-node')];
    const asked = preciseNow();
    await broker.step(
      'porch',
      () => ({ query }),
      () => 'verified',
    );
    await node.step('gate', { query, task }, () => 'granted');
    const ended = { start: asked, end: preciseNow(), head: true, failed: false };
    node.observation.tracing.record({ name: 'task', trail: { query, task }, ...ended });
    broker.observation.tracing.record({ name: 'query', trail: { query }, ...ended, outcome: 'complete' });
    await Promise.all([broker.observation.close(), node.observation.close()]);
    const span = (name: string) => collector.spans.find((one) => one.name === name);
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(span('query')).toMatchObject({ service: 'revier-broker', parentSpanId: '', outcome: 'complete' });
    expect(span('porch')?.parentSpanId).toBe(span('query')?.spanId);
    expect(span('task')?.parentSpanId).toBe(span('query')?.spanId);
    expect(span('gate')).toMatchObject({ service: 'revier-registry-node', parentSpanId: span('task')?.spanId });
  });

  it('of another query belongs to another trace', async () => {
    const { step, observation } = await observed('revier-broker');
    for (const one of ['sha256:01', 'sha256:02']) await step('porch', { query: one }, () => null);
    await observation.close();
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(2);
  });

  it('hands on result and failure, and tells a failure by its code, never by its words', async () => {
    const { step, observation } = await observed('revier-broker');
    expect(await step('gate', { query }, async () => 7)).toBe(7);
    const known = new AppError('REPLAYED', { detail: 'canary one' });
    const unknown = new Error('canary two: select * from persons');
    await expect(
      step(
        'porch',
        () => ({ query }),
        () => Promise.reject(known),
      ),
    ).rejects.toBe(known);
    await expect(
      step('porch', null, () => {
        throw unknown;
      }),
    ).rejects.toBe(unknown);
    await observation.close();
    const failed = collector.spans.filter((one) => one.failed);
    expect(failed.map(({ outcome }) => outcome).sort()).toEqual(['REPLAYED', undefined]);
    expect(collector.raw()).not.toContain('canary');
    expect(collector.raw()).not.toContain('persons');
  });

  it('names neither query nor task nor machine', async () => {
    const { step, observation } = await observed('revier-broker');
    await step('gate', { query, task }, () => null);
    await observation.close();
    for (const one of [query, task, 'host.', 'process.', process.cwd()]) expect(collector.raw()).not.toContain(one);
    expect(collector.spans[0]?.attributes).toEqual({});
    expect(collector.spans[0]?.resource).toEqual({ 'service.name': 'revier-broker' });
  });

  it('goes into the histogram of its service', async () => {
    const { step, observation } = await observed('revier-broker');
    await step('gate', { query }, () => null);
    const { text = '' } = (await observation.metrics.text?.()) ?? {};
    expect(text).toContain('revier_step_seconds_count{service="revier-broker",step="gate"} 1');
    await observation.close();
  });
});

describe('a collector that is away', () => {
  it('stops nobody: work goes on, the end does not wait for it, and the log says that spans were lost', async () => {
    await collector.close();
    const { step, observation, lines } = await observed('revier-broker');
    expect(await step('gate', { query }, () => 7)).toBe(7);
    await observation.close();
    expect(lines.join('')).toContain('spans were lost');
  });
});
