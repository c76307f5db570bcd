/** What a node tells of its tasks: how they end and why, in numbers without names. */
import { createLogger, openObservation } from '@revier/service-kit';
import { describe, expect, it } from 'vitest';
import { nodeObserver } from './observer.ts';
import { question, type SmallHouse, smallHouse } from './testing/house.case.ts';
import { answerTask, type House } from './use-cases/answer-task.ts';

const signal = new AbortController().signal;
const logger = createLogger({ name: 'test', level: 'silent' });

interface Watched {
  readonly small: SmallHouse;
  readonly house: House;
  text(): Promise<string>;
}

async function watchedHouse(): Promise<Watched> {
  const small = await smallHouse();
  const observation = await openObservation({ service: 'test', metrics: true, logger });
  const observer = nodeObserver(observation);
  const house = { ...small.house, observer, archive: { ...small.house.archive, observer } };
  return { small, house, text: async () => (await observation.metrics.text?.())?.text ?? '' };
}

async function answer({ small, house }: Watched, change: Parameters<SmallHouse['ask']>[0] = {}) {
  const task = small.task(await small.ask(change));
  await answerTask(await small.sign(task), house, signal);
  return task;
}

describe('a released task', () => {
  it('counts as one, with its mode, and every room that it went through has taken its time', async () => {
    const watched = await watchedHouse();
    await answer(watched);
    const text = await watched.text();
    expect(text).toContain('revier_tasks_total{outcome="released"} 1');
    expect(text).toContain('revier_releases_total{mode="L"} 1');
    expect(text).toContain('revier_releases_total{mode="O"} 0');
    for (const step of ['signatures', 'gate', 'guard', 'archive', 'sql', 'sieve', 'ledger'])
      expect(text).toContain(`revier_step_seconds_count{service="registry-node",step="${step}"} 1`);
  });

  it('counts as repeated when it is delivered again, and as no release', async () => {
    const watched = await watchedHouse();
    const task = await answer(watched);
    await answerTask(await watched.small.sign({ ...task, attempt: 2 }), watched.house, signal);
    const text = await watched.text();
    expect(text).toContain('revier_tasks_total{outcome="repeated"} 1');
    expect(text).toContain('revier_releases_total{mode="L"} 1');
  });

  it('asked by somebody else takes no statement', async () => {
    const watched = await watchedHouse();
    await answer(watched);
    await answer(watched);
    expect(await watched.text()).toContain('revier_step_seconds_count{service="registry-node",step="sql"} 1');
  });
});

describe('a refused task', () => {
  it('counts with each of its codes', async () => {
    const watched = await watchedHouse();
    await answer(watched, { question: { ...question, purpose: 'ehds:HealthcareScientificResearch' } });
    const text = await watched.text();
    expect(text).toContain('revier_tasks_total{outcome="refused"} 1');
    expect(text).toContain('revier_refusals_total{code="PURPOSE"} 1');
    expect(text).toContain('revier_releases_total{mode="L"} 0');
  });

  it('counts as FAILED when the data do not answer', async () => {
    const watched = await watchedHouse();
    watched.small.source.answer = () => Promise.reject(new Error('select secret from cases'));
    await answer(watched);
    const text = await watched.text();
    expect(text).toContain('revier_refusals_total{code="FAILED"} 1');
    expect(text).not.toContain('secret');
  });
});

describe('a task without an outcome', () => {
  it('is unsigned, or interrupted', async () => {
    const watched = await watchedHouse();
    await answerTask({ task: 'AAAA.AAAA.AAAA', query: 'AAAA.AAAA.AAAA' }, watched.house, signal);
    const stop = new AbortController();
    watched.small.source.answer = () => {
      stop.abort();
      return Promise.reject(new Error('stopped'));
    };
    const sent = await watched.small.sign(watched.small.task(await watched.small.ask()));
    await expect(answerTask(sent, watched.house, stop.signal)).rejects.toThrow();
    const text = await watched.text();
    expect(text).toContain('revier_tasks_total{outcome="unsigned"} 1');
    expect(text).toContain('revier_tasks_total{outcome="interrupted"} 1');
    expect(text).toContain('revier_tasks_total{outcome="refused"} 0');
  });
});

it('names neither person nor purpose nor place nor question', async () => {
  const watched = await watchedHouse();
  const { taskId, submissionId } = await answer(watched);
  const text = await watched.text();
  for (const canary of ['r17', 'university.example', 'ehds:', 'urn:revier', 'cancer', taskId, submissionId])
    expect(text).not.toContain(canary);
});
