/** What the broker tells of its queries: each task counts once, by how it ended, and reasons only with the refusal that they belong to. */
import { createLogger, openObservation } from '@revier/service-kit';
import { describe, expect, it } from 'vitest';
import { brokerObserver } from './observer.ts';
import type { Event, Progress } from './progress/advance.ts';
import { advanceAll } from './progress/advance-all.ts';
import type { Message } from './query-ports.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const submissionId = `sha256:${'0f'.repeat(32)}`;

const running: Progress = {
  ...{ stage: 0, stageEnds: 500, ends: 1000, least: 1, outcome: null },
  tasks: ['a', 'b'].map((taskId) => ({ taskId, holder: taskId, stage: 0, status: 'waiting' })),
};

const refusal: Message = {
  ...{ kind: 'receipt', taskId: 'a', jws: 'AAAA.AAAA.AAAA' },
  reasons: [
    { code: 'PURPOSE', pointer: '/permission/0', hint: 'canary' },
    { code: 'PURPOSE', pointer: '/permission/1', hint: 'canary' },
    { code: 'FLOOR', pointer: '', hint: 'canary' },
  ],
};

async function watched() {
  const observation = await openObservation({ service: 'test', metrics: true, logger });
  const observer = brokerObserver(observation);
  return {
    observer,
    text: async () => (await observation.metrics.text?.())?.text ?? '',
    /** The machine decides, the observer sees it. */
    step(before: Progress, event: Event, now: number, message?: Message): Progress {
      const { progress, turns } = advanceAll(before, [{ event, now }]);
      observer.moved(turns[0]?.moved ?? [], message);
      return progress;
    },
  };
}

describe('a refused task', () => {
  it('counts once, with each of its codes, however often the receipt comes', async () => {
    const { step, text } = await watched();
    const refused = step(running, { kind: 'refused', taskId: 'a' }, 1, refusal);
    step(refused, { kind: 'refused', taskId: 'a' }, 2, refusal);
    expect(await text()).toContain('revier_tasks_total{outcome="refused"} 1');
    expect(await text()).toContain('revier_refusals_total{code="PURPOSE"} 1');
    expect(await text()).toContain('revier_refusals_total{code="FLOOR"} 1');
    expect(await text()).not.toContain('canary');
  });

  it('counts as missed when its receipt comes too late, and its reasons not at all', async () => {
    const { step, text } = await watched();
    step(running, { kind: 'refused', taskId: 'a' }, 1001, refusal);
    expect(await text()).toContain('revier_tasks_total{outcome="missed"} 2');
    expect(await text()).toContain('revier_refusals_total{code="PURPOSE"} 0');
  });
});

describe('a task that is accepted', () => {
  it('has not ended', async () => {
    const { step, text } = await watched();
    const accepted = step(running, { kind: 'accepted', taskId: 'a' }, 1);
    expect(await text()).not.toMatch(/revier_tasks_total\{outcome="\w+"\} [1-9]/);
    step(accepted, { kind: 'released', taskId: 'a' }, 2);
    expect(await text()).toContain('revier_tasks_total{outcome="released"} 1');
  });
});

describe('a query', () => {
  it('counts by how it ended', async () => {
    const { observer, text } = await watched();
    observer.queries.add({ state: 'accepted' });
    observer.ended({ submissionId, asked: Date.now() }, 'cancelled');
    expect(await text()).toContain('revier_queries_total{state="accepted"} 1');
    expect(await text()).toContain('revier_queries_total{state="cancelled"} 1');
    expect(await text()).not.toContain(submissionId);
  });
});
