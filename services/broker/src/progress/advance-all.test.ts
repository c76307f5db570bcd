/** Many events at once: nothing but what they would have done one after the other. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, type Event, type Progress, type TaskProgress } from './advance.ts';
import { advanceAll, type Happening, type Turn } from './advance-all.ts';

const ENDS = 1000;

/** Some tasks of stage 0, which has begun, and some of stage 1. */
const query: fc.Arbitrary<Progress> = fc
  .record({ first: fc.integer({ min: 1, max: 6 }), second: fc.integer({ min: 0, max: 3 }), least: fc.nat({ max: 4 }) })
  .map(({ first, second, least }) => ({
    ...{ stage: 0, stageEnds: ENDS / 2, ends: ENDS, least, outcome: null },
    tasks: Array.from({ length: first + second }, (_, at): TaskProgress => {
      const stage = at < first ? 0 : 1;
      return { taskId: `t${at}`, holder: `h${at % 4}`, stage, status: stage === 0 ? 'waiting' : 'planned' };
    }),
  }));

const word = fc.record({
  // One that no query has, too.
  kind: fc.constantFrom('accepted', 'assessed', 'refused', 'released', 'missed'),
  taskId: fc.nat({ max: 9 }).map((at) => `t${at}`),
});
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 20, arbitrary: word },
  { weight: 1, arbitrary: fc.constantFrom<Event>({ kind: 'clock' }, { kind: 'cancelled' }) },
);
const happenings: fc.Arbitrary<Happening[]> = fc
  .array(
    fc.record({ event, later: fc.oneof({ weight: 9, arbitrary: fc.nat(9) }, { weight: 1, arbitrary: fc.nat(600) }) }),
  )
  .map((given) => {
    let now = 0;
    return given.map((one) => {
      now += one.later;
      return { event: one.event, now };
    });
  });

function oneByOne(before: Progress, given: readonly Happening[]): { progress: Progress; turns: Turn[] } {
  let progress = before;
  const turns = given.map((one) => {
    const [from, step] = [progress, advance(progress, one.event, one.now)];
    progress = step.progress;
    const moved = progress.tasks.filter(({ status }, at) => status !== from.tasks[at]?.status);
    return { effects: step.effects, moved };
  });
  return { progress, turns };
}

describe('many events at once', () => {
  it('do what they would have done one by one, whatever they are', () => {
    fc.assert(
      fc.property(query, happenings, (before, given) => {
        expect(advanceAll(before, given)).toEqual(oneByOne(before, given));
      }),
      { numRuns: 500 },
    );
  });

  it('leave alone what they were given', () => {
    fc.assert(
      fc.property(query, happenings, (before, given) => {
        const copy = structuredClone(before);
        advanceAll(before, given);
        expect(before).toEqual(copy);
      }),
    );
  });

  it('leave the very same query where nothing has changed', () => {
    const task: TaskProgress = { taskId: 't', holder: 'h', stage: 0, status: 'waiting' };
    const before: Progress = { stage: 0, stageEnds: 500, ends: ENDS, least: 1, outcome: null, tasks: [task] };
    const given: Happening[] = [
      { event: { kind: 'clock' }, now: 1 },
      { event: { kind: 'released', taskId: 'another' }, now: 2 },
    ];
    expect(advanceAll(before, given).progress).toBe(before);
  });
});
