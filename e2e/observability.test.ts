/** What a federation tells about its work: one trace of one query through all rooms of all processes, figures by code and step, and nothing personal in either. */
import { readFile } from 'node:fs/promises';
import { unverified } from '@revier/core';
import { type Answer, Credential, problemCodes, RefusalCode } from '@revier/schema';
import { type CollectedSpan, freePort, startCollector, type TestCollector } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Federation } from './harness/federation.ts';
import { areaKeys, idOf, slugs } from './harness/members.ts';
import { copyFederation } from './harness/start-federation.ts';

const brokerRooms = ['porch', 'desk', 'dispatch', 'delivery', 'loom', 'counter'];
const nodeRooms = ['signatures', 'gate', 'guard', 'archive', 'sql', 'linked', 'sieve', 'ledger'];

let collector: TestCollector;
let federation: Federation;
let answer: Answer;
/** Texts of /metrics: the broker's first. */
let metrics: readonly string[];

beforeAll(async () => {
  collector = await startCollector();
  federation = await copyFederation();
  const port = await freePort();
  const traces = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  await federation.broker.start({ ...traces, METRICS_PORT: String(port) });
  for (const slug of slugs) await federation.nodes[slug].start(traces);
  await federation.ready();
  answer = await federation.ask();
  const doors = [`http://127.0.0.1:${port}`, ...slugs.map((slug) => federation.nodes[slug].url())];
  metrics = await Promise.all(doors.map(async (door) => (await fetch(`${door}/metrics`)).text()));
});
afterAll(async () => {
  await federation?.stop();
  await collector?.close();
});

/** What a person, an operator of something else or a data holder must never find here. */
const canaries = (): string[] => [
  ...pseudonyms(federation.profile),
  ...[answer.queryId, answer.submissionId, answer.question.purpose],
  ...['colorectal', 'cancer-case', 'population', 'C18', 'deprivation', 'urn:revier', 'did:web', 'select '],
  ...slugs.flatMap((slug) => [slug, idOf(slug)]),
  ...Object.values(areaKeys),
  ...answer.coverage.areas,
  ...answer.holders.flatMap(({ dataset, release }) => [dataset, release ?? 'no release']),
];

/** The pseudonym, as it would stand in quotes, after its organisation, or in an address. */
const pseudonyms = ({ credential }: Federation['profile']): string[] => {
  const { iss, sub } = Credential.parse(unverified(credential));
  return [iss, `"${sub}"`, `#${sub}`, `/${sub}`];
};

describe('traces', () => {
  const spansOf = (service: string) => collector.spans.filter((span) => span.service === service);
  const query = (): CollectedSpan => {
    const found = collector.spans.filter(({ name }) => name === 'query');
    expect(found).toHaveLength(1);
    return found[0] ?? expect.fail();
  };

  it('are sent to their end when services stop in good order', async () => {
    await Promise.all([federation.broker, ...Object.values(federation.nodes)].map((service) => service.terminate()));
    expect(query()).toMatchObject({ service: 'revier-broker', parentSpanId: '', outcome: answer.state });
  });

  it('show one query as one trace, through every room, though no word of it is on the wire', () => {
    expect(new Set(spansOf('revier-broker').map(({ name }) => name))).toEqual(new Set(['query', ...brokerRooms]));
    expect(new Set(spansOf('revier-registry-node').map(({ name }) => name))).toEqual(new Set(['task', ...nodeRooms]));
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([query().traceId]));
  });

  it('put the rooms of each node below its task, and all tasks below the query', () => {
    const tasks = collector.spans.filter(({ name }) => name === 'task');
    expect(new Set(tasks.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([query().spanId]));
    // A slow machine may see a task delivered again while it is under way: the faster of the two is the one that is released, and may have begun after the figures were made.
    expect(tasks.filter(({ outcome }) => outcome !== 'repeated').map(({ outcome }) => outcome)).toEqual(
      slugs.map(() => 'released'),
    );
    const rooms = tasks.map(({ spanId }) =>
      collector.spans.filter(({ parentSpanId }) => parentSpanId === spanId).map(({ name }) => name),
    );
    for (const passed of rooms) expect(passed, 'each room once').toHaveLength(new Set(passed).size);
    for (const room of nodeRooms) {
      const passedBy = rooms.filter((passed) => passed.includes(room));
      expect(passedBy.length, room).toBeGreaterThanOrEqual(slugs.length);
    }
  });

  it('contain no text but names of rooms, outcomes and services', () => {
    const texts = new Set<string>();
    JSON.parse(`[${collector.raw().replaceAll('\n', ',')}]`, (key, value) => {
      if (typeof value === 'string' && !/^(traceId|spanId|parentSpanId|startTimeUnixNano|endTimeUnixNano)$/.test(key))
        texts.add(value);
      return value;
    });
    const names = ['query', 'task', ...brokerRooms, ...nodeRooms];
    const words = ['service.name', 'revier-broker', 'revier-registry-node', 'revier', 'revier.outcome'];
    const outcomes = ['released', 'repeated', answer.state];
    expect([...texts].filter((text) => ![...names, ...words, ...outcomes].includes(text))).toEqual([]);
    for (const canary of canaries().filter((one) => !/^\d+$/.test(one))) expect(collector.raw()).not.toContain(canary);
  });
});

describe('metrics', () => {
  const [broker, nodes] = [() => metrics[0] ?? '', () => metrics.slice(1)];
  const labelsIn = (text: string): [string, string][] =>
    [...text.matchAll(/^revier_\w+\{(.*)\} \S+$/gm)].flatMap(([, labels = '']) =>
      [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']): [string, string] => [name, value]),
    );

  it('of the broker count the query, its tasks and the time of each room', () => {
    expect(broker()).toContain('revier_queries_total{state="accepted"} 1');
    expect(broker()).toContain(`revier_queries_total{state="${answer.state}"} 1`);
    expect(broker()).toContain(`revier_tasks_total{outcome="released"} ${slugs.length}`);
    expect(broker()).toContain('revier_outbox_depth 0');
    for (const state of ['waiting', 'delayed', 'active'])
      expect(broker()).toMatch(new RegExp(`^revier_queue_depth\\{state="${state}"\\} \\d+$`, 'm'));
    expect(broker()).toMatch(/^revier_db_pool\{state="used"\} \d+$/m);
    // Once to ask; a client that waits asks again while there is no answer yet.
    expect(broker()).toMatch(
      /^revier_http_request_seconds_count\{method="POST",route="\/v1\/queries",status="2xx"\} [1-9]\d*$/m,
    );
    for (const room of brokerRooms)
      expect(broker()).toMatch(
        new RegExp(`^revier_step_seconds_count\\{service="broker",step="${room}"\\} [1-9]`, 'm'),
      );
  });

  it('of the nodes count releases by mode and the time of their statements', () => {
    const released = nodes().map((text) => text.match(/^revier_releases_total\{mode="(?:O|L)"\} 1$/gm));
    expect(released.map((lines) => lines?.length)).toEqual(slugs.map(() => 1));
    for (const text of nodes()) {
      expect(text).toContain('revier_tasks_total{outcome="released"} 1');
      expect(text).toContain('revier_step_seconds_count{service="registry-node",step="sql"} 1');
      expect(text).toMatch(/^revier_outbox_depth \d+$/m);
    }
  });

  it('have no label whose values could grow with what is asked', () => {
    const words = /^(?:[a-z]+|[OL]|[1-5]xx|[A-Z]+|registry-node|dry-run|\+Inf|[\d.]+)$/;
    const codes = new Set<string>([...problemCodes, ...RefusalCode.options]);
    for (const [name, value] of metrics.flatMap(labelsIn)) {
      if (name === 'code') expect(codes).toContain(value);
      else if (name === 'route') expect(value).toMatch(/^(?:unknown|(?:\/[a-z:.A-Z0-9-]*\*?)+)$/);
      else expect(value).toMatch(words);
    }
  });

  it('name nobody and nothing that was asked or answered', () => {
    const told = metrics.map((text) => text.replaceAll(/ \S+$/gm, '')).join('\n');
    for (const canary of canaries()) expect(told).not.toContain(canary);
  });

  it('are described, as are the spans', async () => {
    const page = await readFile(new URL('../docs/observability.md', import.meta.url), 'utf8');
    const names = metrics.flatMap((text) => [...text.matchAll(/^# TYPE (revier_\w+) /gm)].map(([, name = '']) => name));
    for (const name of [...names, ...collector.spans.map((span) => span.name)]) expect(page).toContain(`\`${name}\``);
  });

  it('are not at the public port of the broker', async () => {
    await federation.broker.start();
    expect((await fetch(`${federation.brokerUrl}/metrics`)).status).toBe(404);
  });
});
