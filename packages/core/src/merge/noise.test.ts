/** Noise in answers: it adds up over holders as variances do, and shares, rates and means say how uncertain it makes them. */
import { cellStatuses, type QuestionInput, type ReleaseBody } from '@revier/schema';
import { smallVocabulary } from '@revier/testkit';
import { describe, expect, it, test } from 'vitest';
import { makePtable } from '../disclosure/cell-key/ptable.ts';
import { planQuestion } from '../query/plan-question.ts';
import { canonicalQuestion } from '../query/question.ts';
import { proportion } from '../statistics/index.ts';
import { meanCell, proportionCell } from './cells.ts';
import { mergeAnswer } from './merge-answer.ts';
import { errorOf, widened } from './noise.ts';

const perturbation = { D: 5, V: 3, js: 2 } as const;
const vocabulary = smallVocabulary();
const stays: QuestionInput = {
  register: 'urn:revier:register:rehab-small',
  purpose: 'ehds:ImproveHealthcare',
  aggregates: { stays: { model: 'rehab-episode/1', count: 'episodes' } },
};
const plan = planQuestion(canonicalQuestion(stays), vocabulary);

const bodyOf = (tableHash: ReleaseBody['table'], value: number | null): ReleaseBody => ({
  format: 'revier-release/1',
  table: tableHash,
  keys: [],
  measures: [
    {
      kind: 'count',
      status: Uint8Array.of(cellStatuses.indexOf(value === null ? 'withheld' : 'value')),
      value: Float64Array.of(value ?? Number.NaN),
    },
  ],
});

const merged = (noised: number, values: readonly (number | null)[] = [40, 30]) =>
  mergeAnswer({
    plan,
    vocabulary,
    parts: plan.tasks.map((task, at) => ({
      task,
      body: bodyOf(task.tableHash, values[at] ?? null),
      perturbation: at < noised ? perturbation : undefined,
    })),
    absent: new Map(),
  });

describe('a count of two holders', () => {
  it('has the noise of both: variances add up, and so do bounds', () => {
    const [cell] = merged(2).cells;
    expect(cell?.measures.stays).toEqual({
      status: 'value',
      value: 70,
      error: { sd: 2.45, within95: 5, max: 10 },
    });
    expect(merged(2).measures[0]).toMatchObject({ additive: false });
  });

  it('has that of one where the other is exact, and none where both are', () => {
    expect(merged(1).cells[0]?.measures.stays).toMatchObject({ error: { sd: 1.73, within95: 4, max: 5 } });
    expect(merged(0).cells[0]?.measures.stays).toEqual({ status: 'value', value: 70 });
    expect(merged(0).measures[0]).not.toHaveProperty('additive');
  });

  it('has none where a part is withheld', () => {
    expect(merged(2, [40, null]).cells[0]?.measures.stays).toEqual({ status: 'withheld' });
  });
});

test('95 of 100 draws of m holders are within what the answer says', () => {
  const made = makePtable(perturbation);
  if (!made.isFeasible) throw new Error(made.reason);
  const law = made.ptable.rows.at(-1)?.law ?? [];
  let sums = new Map([[0, 1]]);
  for (let holders = 1; holders <= 8; holders++) {
    const next = new Map<number, number>();
    for (const [sum, p] of sums)
      for (const { noise, probability } of law) next.set(sum + noise, (next.get(sum + noise) ?? 0) + p * probability);
    sums = next;
    const { within95, max } = errorOf({ variance: 3 * holders, max: 5 * holders }, true);
    const inside = [...sums].reduce((sum, [noise, p]) => sum + (Math.abs(noise) <= within95 ? p : 0), 0);
    expect(inside).toBeGreaterThanOrEqual(0.95);
    expect(Math.max(...sums.keys())).toBeLessThanOrEqual(max ?? 0);
  }
});

describe('a share of two counts with noise', () => {
  const noise = { variance: 3, max: 5 };
  const exact = proportion({ count: 30, total: 120 });

  it('has wider limits than the same share without', () => {
    const cell = proportionCell({ status: 'value', value: 30, noise }, { status: 'value', value: 120, noise });
    const plain = proportionCell({ status: 'value', value: 30 }, { status: 'value', value: 120 });
    if (!('lower' in cell) || !('lower' in plain)) throw new Error('expected shares');
    expect([plain.value, plain.lower, plain.upper]).toEqual([exact.proportion, exact.lower, exact.upper]);
    expect(cell.lower).toBeLessThan(exact.lower);
    expect(cell.upper).toBeGreaterThan(exact.upper);
  });

  it('covers the true share as often as it says: 4,000 surveys with noise on both counts', () => {
    let seed = 12_345;
    const uniform = (): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed / 2 ** 32;
    };
    const made = makePtable(perturbation);
    if (!made.isFeasible) throw new Error(made.reason);
    const intervals = made.ptable.rows.at(-1)?.intervals ?? [];
    const draw = (): number => {
      const u = uniform();
      return intervals.find(({ upper }) => u < upper)?.noise ?? 0;
    };
    const covers = (of: number, among: number, by: typeof noise | undefined): number => {
      const cell = proportionCell(
        { status: 'value', value: of, noise: by },
        { status: 'value', value: among, noise: by },
      );
      return 'lower' in cell && (cell.lower ?? 1) <= 0.3 && 0.3 <= (cell.upper ?? 0) ? 1 : 0;
    };
    let [covered, without] = [0, 0];
    for (let survey = 0; survey < 4000; survey++) {
      const count = Array.from({ length: 40 }, uniform).filter((u) => u < 0.3).length;
      const [of, among] = [count + draw(), 40 + draw()];
      covered += covers(of, among, noise);
      without += covers(of, among, undefined);
    }
    expect(covered / 4000).toBeGreaterThan(0.93);
    // Taken for exact, they would promise what they do not hold.
    expect(without / 4000).toBeLessThan(0.93);
  });

  it('stays a share where noise lifts the part above its whole', () => {
    expect(proportionCell({ status: 'value', value: 33, noise }, { status: 'value', value: 30, noise })).toMatchObject({
      value: 1,
      upper: 1,
    });
  });
});

describe('a mean', () => {
  it('is the sum over the count, with the noise of both', () => {
    expect(meanCell({ status: 'value', value: 600 }, { status: 'value', value: 30 })).toEqual({
      status: 'value',
      value: 20,
    });
    const noised = meanCell(
      { status: 'value', value: 600, noise: { variance: 900, max: null } },
      { status: 'value', value: 30, noise: { variance: 3, max: 5 } },
    );
    // sqrt(900 + 20^2 * 3) / 30
    expect(noised).toEqual({ status: 'value', value: 20, error: { sd: 1.53, within95: 2.99 } });
  });

  it('is missing where one side is', () => {
    expect(meanCell({ status: 'withheld' }, { status: 'value', value: 30 })).toEqual({ status: 'withheld' });
  });

  const asked = (where: NonNullable<QuestionInput['aggregates'][string]['where']>): QuestionInput => ({
    register: 'urn:revier:register:small',
    purpose: 'ehds:PublicHealthSurveillance',
    aggregates: {
      people: { model: 'population/1', sum: 'persons', where },
      cases: { model: 'cancer-case/1', count: 'cases' },
    },
    derived: { average: { mean: { of: 'people', among: 'cases' } } },
  });

  it('is refused over other records than the sum is of', () => {
    expect(() => planQuestion(canonicalQuestion(asked([])), vocabulary)).toThrow(
      expect.objectContaining({ code: 'AGGREGATE_UNFIT' }),
    );
  });
});

test('an interval without noise stays as it is', () => {
  expect(widened(0.5, { lower: 0.4, upper: 0.6 }, 0)).toEqual({ lower: 0.4, upper: 0.6 });
});
