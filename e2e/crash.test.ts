/** Crashes in mid-query, by SIGKILL at named places: nothing acknowledged is lost, and everything takes effect once. */
import { canonicalText } from '@revier/core';
import { folders } from '@revier/laptop';
import type { Answer } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askThrough } from './harness/asking.ts';
import { expectOneEntryEach, expectOneReleaseEach } from './harness/exactly-once.ts';
import type { Federation } from './harness/federation.ts';
import { type Slug, slugs } from './harness/members.ts';
import type { Service } from './harness/service.ts';
import { copyFederation, startFederation } from './harness/start-federation.ts';
import { until } from './harness/until.ts';

const KILLED = { code: null, signal: 'SIGKILL' };

/** Comes back without the variable once it has crashed. */
async function crashesOnce(service: Service): Promise<void> {
  expect(await service.ended(), service.name).toEqual(KILLED);
  await service.start();
}

async function startToCrash(service: Service, label: string): Promise<void> {
  await service.terminate();
  await service.start({ REVIER_CRASH_AT: label });
}

describe('a federation whose processes crash', () => {
  let federation: Federation;
  const answers: Answer[] = [];
  beforeAll(async () => {
    federation = await startFederation();
  });
  afterAll(() => federation.stop());

  const expectWhole = async (answer: Answer): Promise<void> => {
    expect(answer.state).toBe('complete');
    await expectOneEntryEach(federation, answer);
    answers.push(answer);
    expect(canonicalText(answer.cells)).toBe(canonicalText(answers[0]?.cells));
  };

  const crashingNodes = async (labels: Partial<Record<Slug, string>>): Promise<void> => {
    const crashing = slugs.flatMap((slug) => {
      const label = labels[slug];
      return label === undefined ? [] : [{ node: federation.nodes[slug], label }];
    });
    await Promise.all(crashing.map(({ node, label }) => startToCrash(node, label)));
    const answer = askThrough(federation.profile);
    await Promise.all(crashing.map(({ node }) => crashesOnce(node)));
    await expectWhole(await answer);
  };

  it('answers though each node crashes before it has entered anything: after the task is taken, the replay check, SQL, before the ledger', () =>
    crashingNodes({
      bochum: 'after-task-taken',
      essen: 'after-replay-check',
      gelsenkirchen: 'after-sql',
      krebsregister: 'before-ledger',
    }));

  it('answers though nodes crash with a release that nobody has got, or of which they do not know that it was got', () =>
    crashingNodes({ bochum: 'after-release-sent', krebsregister: 'after-ledger' }));

  it.each([
    'after-query-row',
    'after-reminder',
    'after-task-delivery',
    'after-receipt-stored',
    'after-release-stored',
    'before-merge',
    'after-answer-written',
  ])('answers though the broker crashes %s', async (label) => {
    await startToCrash(federation.broker, label);
    const answer = askThrough(federation.profile);
    await crashesOnce(federation.broker);
    await expectWhole(await answer);
  });

  it('answers though broker and nodes are killed together in mid-query', async () => {
    const { broker, nodes } = federation;
    // Half of the answer is there, the other half cannot come.
    nodes.essen.signal('SIGSTOP');
    const answer = askThrough(federation.profile);
    await until('Bochum has answered', async () => {
      const [last] = await federation.decisions('bochum');
      return last !== undefined && !answers.some(({ submissionId }) => submissionId === last.facts.submission);
    });
    const killed = [broker, nodes.essen, nodes.krebsregister];
    await Promise.all(killed.map((service) => service.kill()));
    await Promise.all(killed.map((service) => service.start()));
    await expectWhole(await answer);
  });

  it('has one answer to each query in the records of the broker, and one release of each holder and dataset', async () => {
    expect(answers).toHaveLength(10);
    await federation.broker.terminate();
    await expectOneReleaseEach(folders(federation.folder).broker, answers);
  });
});

describe('crash points', () => {
  it('are known to the services by name only', async () => {
    const federation = await copyFederation();
    await expect(federation.broker.start({ REVIER_CRASH_AT: 'somewhere' })).rejects.toThrow(/REVIER_CRASH_AT/);
    await expect(federation.nodes.essen.start({ REVIER_CRASH_AT: 'somewhere' })).rejects.toThrow(/REVIER_CRASH_AT/);
    await federation.stop();
  });
});
