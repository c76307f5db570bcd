/** The way of a query: told as stories, and as laws over any order of messages. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, type Effect, type Event, halfway, isSettled, nextLook, type Progress } from './advance.ts';

const ENDS = 1000;

function progressOf(tasks: readonly [holder: string, stage: number][], least?: number): Progress {
  const first = Math.min(...tasks.map(([, stage]) => stage));
  return {
    stage: first,
    stageEnds: halfway(0, ENDS),
    ends: ENDS,
    least: least ?? new Set(tasks.map(([holder]) => holder)).size,
    outcome: null,
    tasks: tasks.map(([holder, stage], at) => ({
      taskId: `t${at}`,
      holder,
      stage,
      status: stage === first ? 'waiting' : 'planned',
    })),
  };
}

/** Two cities in stage 0 (t0, t1), a registry in stage 1 (t2). */
const twoStages = (least?: number): Progress =>
  progressOf(
    [
      ['city-a', 0],
      ['city-b', 0],
      ['registry', 1],
    ],
    least,
  );

type Happening = readonly [event: Event['kind'], taskId: string, now: number];

function play(progress: Progress, happenings: readonly Happening[]): { progress: Progress; effects: Effect[] } {
  return happenings.reduce<{ progress: Progress; effects: Effect[] }>(
    (before, [kind, taskId, now]) => {
      const step = advance(before.progress, kind === 'clock' ? { kind } : { kind, taskId }, now);
      return { progress: step.progress, effects: [...before.effects, ...step.effects] };
    },
    { progress, effects: [] },
  );
}

const statuses = ({ tasks }: Progress) => tasks.map(({ status }) => status);

describe('a query on its way', () => {
  it('begins the second stage as soon as the first has settled, and ends complete', () => {
    const first = play(twoStages(), [
      ['accepted', 't0', 1],
      ['released', 't0', 2],
      ['released', 't1', 3],
    ]);
    expect(first.effects).toEqual([{ kind: 'begun', stage: 1 }]);
    expect(statuses(first.progress)).toEqual(['released', 'released', 'waiting']);
    const last = play(first.progress, [['released', 't2', 4]]);
    expect(last.effects).toEqual([{ kind: 'ended', outcome: 'complete' }]);
  });

  it('does not ask the second stage when too few can still answer, and ends at once', () => {
    const { progress, effects } = play(twoStages(), [
      ['refused', 't0', 1],
      ['released', 't1', 2],
    ]);
    expect(effects).toEqual([{ kind: 'ended', outcome: 'failed' }]);
    expect(statuses(progress)).toEqual(['refused', 'released', 'planned']);
  });

  it('goes on without whoever is away at half time, if enough are left', () => {
    const { progress, effects } = play(twoStages(2), [
      ['released', 't0', 1],
      ['clock', '', 499],
      ['clock', '', 500],
    ]);
    expect(effects).toEqual([{ kind: 'begun', stage: 1 }]);
    expect(statuses(progress)).toEqual(['released', 'missed', 'waiting']);
  });

  it('waits for the first stage beyond half time, if too few are left otherwise', () => {
    const half = play(twoStages(), [
      ['released', 't0', 1],
      ['clock', '', 600],
    ]);
    expect(half.effects).toEqual([]);
    expect(play(half.progress, [['released', 't1', 700]]).effects).toEqual([{ kind: 'begun', stage: 1 }]);
  });

  it('does not count a release that comes after its stage: later stages stand on what was there', () => {
    const { progress } = play(twoStages(2), [
      ['released', 't0', 1],
      ['clock', '', 500],
      ['released', 't1', 501],
    ]);
    expect(statuses(progress)).toEqual(['released', 'missed', 'waiting']);
  });

  it('ends partial when enough have answered, failed when not', () => {
    const late: Happening[] = [
      ['released', 't0', 1],
      ['clock', '', 500],
      ['released', 't2', 600],
    ];
    expect(play(twoStages(2), late).effects.at(-1)).toEqual({ kind: 'ended', outcome: 'partial' });
    expect(play(twoStages(3), [...late, ['clock', '', ENDS]]).effects.at(-1)).toEqual({
      kind: 'ended',
      outcome: 'failed',
    });
  });

  it('counts a holder only when each of its datasets has answered', () => {
    const { effects } = play(
      progressOf(
        [
          ['both', 0],
          ['both', 0],
          ['other', 0],
        ],
        2,
      ),
      [
        ['released', 't0', 1],
        ['refused', 't1', 2],
        ['released', 't2', 3],
      ],
    );
    expect(effects).toEqual([{ kind: 'ended', outcome: 'failed' }]);
  });

  it('takes nothing back: the first word of a node counts', () => {
    const { progress } = play(
      progressOf([
        ['a', 0],
        ['b', 0],
      ]),
      [
        ['refused', 't0', 1],
        ['released', 't0', 2],
        ['accepted', 't0', 3],
      ],
    );
    expect(statuses(progress)).toEqual(['refused', 'waiting']);
  });

  it('accepts nothing at or after the deadline', () => {
    const { progress, effects } = play(progressOf([['a', 0]]), [['released', 't0', ENDS]]);
    expect(statuses(progress)).toEqual(['missed']);
    expect(effects).toEqual([{ kind: 'ended', outcome: 'failed' }]);
  });

  it('asks nobody any more once it is cancelled, and counts nothing that still comes', () => {
    const { progress, effects } = play(twoStages(), [
      ['released', 't0', 1],
      ['accepted', 't1', 2],
      ['cancelled', '', 3],
      ['released', 't1', 4],
      ['clock', '', ENDS],
    ]);
    expect(effects).toEqual([{ kind: 'ended', outcome: 'cancelled' }]);
    expect(statuses(progress)).toEqual(['released', 'missed', 'planned']);
  });

  it('ignores tasks that it does not have, and tasks whose stage has not begun', () => {
    const before = twoStages();
    const { progress, effects } = play(before, [
      ['released', 't9', 1],
      ['released', 't2', 2],
    ]);
    expect([progress, effects]).toEqual([before, []]);
  });

  it('looks again at half time only while a stage is to come', () => {
    expect(nextLook(twoStages(), 0)).toBe(500);
    expect(nextLook(twoStages(), 500)).toBe(ENDS);
    expect(nextLook(progressOf([['a', 0]]), 0)).toBe(ENDS);
  });
});

describe('laws, for any queries and any order of messages', () => {
  const tasks = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(0, 1, 2)), {
    minLength: 1,
    maxLength: 7,
  });
  const progresses = tasks.chain((of) =>
    fc.integer({ min: 1, max: new Set(of.map(([holder]) => holder)).size }).map((least) => progressOf(of, least)),
  );
  const happenings = fc
    .array(
      fc.tuple(
        fc.constantFrom<Event['kind'][]>('accepted', 'refused', 'released', 'clock'),
        fc.integer({ min: 0, max: 7 }).map((at) => `t${at}`),
        fc.integer({ min: 0, max: ENDS - 1 }),
      ),
      { maxLength: 30 },
    )
    .map((all) => all.toSorted(([, , a], [, , b]) => a - b));

  it('every query ends exactly once, at the deadline at the latest', () => {
    fc.assert(
      fc.property(progresses, happenings, (progress, before) => {
        const { effects, progress: end } = play(progress, [...before, ['clock', '', ENDS], ['clock', '', ENDS + 1]]);
        expect(effects.filter(({ kind }) => kind === 'ended')).toHaveLength(1);
        expect(end.outcome).not.toBeNull();
        expect(end.tasks.every((task) => isSettled(task) || task.status === 'planned')).toBe(true);
      }),
    );
  });

  /** Nodes speak of tasks that they were given: what is planned only has not left yet. */
  function possible(start: Progress, all: readonly Happening[]): Happening[] {
    let progress = start;
    return all.filter((happening) => {
      const spoken = progress.tasks.find(({ taskId }) => taskId === happening[1]);
      const sent = happening[0] === 'clock' || spoken?.status !== 'planned';
      if (sent) progress = play(progress, [happening]).progress;
      return sent;
    });
  }

  it('a message that comes twice has the effect of one', () => {
    fc.assert(
      fc.property(progresses, happenings, fc.nat(), fc.nat(), (progress, all, pick, later) => {
        const sent = possible(progress, all);
        const repeated = sent[sent.length === 0 ? 0 : pick % sent.length];
        if (repeated === undefined || repeated[0] === 'clock') return;
        const from = sent.indexOf(repeated) + 1;
        const place = from + (later % (sent.length - from + 1));
        const [kind, taskId] = repeated;
        const again: Happening = [kind, taskId, sent[place - 1]?.[2] ?? 0];
        const twice = sent.toSpliced(place, 0, again);
        const taken = (of: Happening[]) => play(progress, [...of, ['clock', '', ENDS]]);
        // "Accepted" may well come again after a release; whatever comes late says nothing new.
        expect(taken(twice)).toEqual(taken(sent));
      }),
      { numRuns: 300 },
    );
  });

  it('nothing moves once the query has ended', () => {
    fc.assert(
      fc.property(progresses, happenings, happenings, (progress, before, after) => {
        const end = play(progress, [...before, ['clock', '', ENDS]]).progress;
        expect(play(end, after)).toEqual({ progress: end, effects: [] });
      }),
    );
  });

  it('cancelling ends a query that has not ended, and no other', () => {
    fc.assert(
      fc.property(progresses, happenings, happenings, (progress, before, after) => {
        const { outcome } = play(progress, before).progress;
        const cancelled = play(progress, [...before, ['cancelled', '', ENDS - 1]]);
        expect(cancelled.progress.outcome).toBe(outcome ?? 'cancelled');
        expect(statuses(cancelled.progress)).not.toContain(outcome === null ? 'waiting' : '');
        expect(play(cancelled.progress, after)).toEqual({ progress: cancelled.progress, effects: [] });
      }),
    );
  });

  it('what has settled stays as it is, and stages begin in order, each once', () => {
    fc.assert(
      fc.property(progresses, happenings, (start, all) => {
        let progress = start;
        const begun: number[] = [];
        for (const [kind, taskId, now] of all) {
          const step = advance(progress, kind === 'clock' ? { kind } : { kind, taskId }, now);
          for (const [at, task] of progress.tasks.entries())
            if (isSettled(task)) expect(step.progress.tasks[at]).toEqual(task);
          begun.push(...step.effects.flatMap((effect) => (effect.kind === 'begun' ? [effect.stage] : [])));
          progress = step.progress;
        }
        expect(begun).toEqual([...new Set(begun)].sort((a, b) => a - b));
      }),
    );
  });

  it('complete means that everybody has released, and partial that enough have', () => {
    fc.assert(
      fc.property(progresses, happenings, (progress, all) => {
        const end = play(progress, [...all, ['clock', '', ENDS]]).progress;
        const holders = [...new Set(end.tasks.map(({ holder }) => holder))].filter((holder) =>
          end.tasks.every((task) => task.holder !== holder || task.status === 'released'),
        );
        const everybody = end.tasks.every(({ status }) => status === 'released');
        expect(end.outcome === 'complete').toBe(everybody);
        if (end.outcome === 'partial') expect(holders.length).toBeGreaterThanOrEqual(end.least);
        if (end.outcome === 'failed') expect(holders.length).toBeLessThan(end.least);
      }),
    );
  });
});
