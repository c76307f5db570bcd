/** Figures that cannot be, whoever has signed them. */
import { canonicalQuestion, type PlanTask, planQuestion } from '@revier/core';
import { cellsOf, lateStageQuestion, smallVocabulary, writtenRelease } from '@revier/testkit';
import { describe, expect, it } from 'vitest';
import { assertPlausible } from './plausible.ts';

const vocabulary = smallVocabulary();
const { tasks } = planQuestion(canonicalQuestion(lateStageQuestion), vocabulary);
const taskOf = (holder: string): PlanTask => {
  const found = tasks.find((task) => task.holder === `did:web:${holder}.example`);
  if (found === undefined) throw new Error(`${holder} has no task.`);
  return found;
};

/** One figure in every cell of one kind of measure; 1 in the others. */
function check(holder: string, kind: 'count' | 'sum' | 'direct-rate', figure: number | undefined): () => void {
  const task = taskOf(holder);
  const release = writtenRelease(task, cellsOf(task, vocabulary), (measure) =>
    task.table.measures[measure]?.kind === kind ? figure : 1,
  );
  return () => assertPlausible(release.body, task);
}

describe('a figure', () => {
  it.each([
    ['registry', 'direct-rate', 100_000],
    ['registry', 'direct-rate', undefined],
    ['registry', 'count', 0],
    ['registry', 'count', 1e12],
    ['city-a', 'sum', 0],
    ['city-a', 'sum', 300_000],
  ] as const)('of %s, a %s of %d, may be', (holder, kind, figure) => {
    expect(check(holder, kind, figure)).not.toThrow();
  });

  it.each([
    ['more events than persons', 'registry', 'direct-rate', 100_001],
    ['a rate below nothing', 'registry', 'direct-rate', -0.1],
    ['fewer than no cases', 'registry', 'count', -1],
    ['more cases than there were ever people', 'registry', 'count', 1e13],
    ['fewer than no inhabitants', 'city-a', 'sum', -1],
    ['more inhabitants than there were ever people', 'city-a', 'sum', 1e13],
  ] as const)('that says %s cannot', (_what, holder, kind, figure) => {
    expect(check(holder, kind, figure)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });
});
