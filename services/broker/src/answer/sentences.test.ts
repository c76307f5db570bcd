/** The sentences of an answer, on a region small enough to reckon by hand. */
import { canonicalQuestion, type Merged, planQuestion, SUM_VARIANCE, sumError } from '@revier/core';
import type { QuestionInput } from '@revier/schema';
import { lateStageQuestion, smallDatasets, smallVocabulary } from '@revier/testkit';
import { describe, expect, it } from 'vitest';
import { answer, holder } from './answer.case.ts';
import { sentencesOf, type Told } from './sentences.ts';

const vocabulary = smallVocabulary(smallDatasets);
const { late, people } = lateStageQuestion.aggregates;
if (late === undefined || people === undefined) throw new Error('The question of the small region has changed.');
const crude: QuestionInput = {
  ...lateStageQuestion,
  aggregates: { late, people },
  derived: { rate: { crudeRate: { events: 'late', population: 'people' } } },
};
const merged: Merged = {
  dimensions: answer.dimensions,
  measures: answer.measures,
  cells: [],
  coverage: { areas: ['A-1', 'A-2'], years: [2016, 2020], excluded: [] },
};

function told(over: Partial<Told> & { readonly question?: QuestionInput } = {}): string[] {
  const { question = crude, ...rest } = over;
  const plan = planQuestion(canonicalQuestion(question), vocabulary);
  const sentences = sentencesOf({
    plan,
    vocabulary,
    merged,
    holders: [holder()],
    state: 'complete',
    synthetic: false,
    ...rest,
  });
  for (const { de, en } of sentences) expect(de).not.toBe(en);
  return sentences.map(({ en }) => en);
}

const without = (sentences: readonly string[], pattern: RegExp) =>
  expect(sentences.filter((sentence) => pattern.test(sentence))).toEqual([]);

describe('the sentences of an answer', () => {
  it('say what was asked, of what, by what', () => {
    expect(told()[0]).toBe(
      'Asked: crude rate “rate”, sum “late” and sum “people” (Population and Cancer cases), by Area (deprivation-2) and Sex (code).',
    );
  });

  it('say which areas and years the figures stand for, by name when they are few', () => {
    expect(told()).toContain('The figures stand for A-1 and A-2, 2016–2020.');
    const many = Array.from({ length: 12 }, (_, at) => `A-${at}`);
    expect(told({ merged: { ...merged, coverage: { ...merged.coverage, areas: many, years: [2019] } } })).toContain(
      'The figures stand for 12 areas, 2019.',
    );
  });

  it('say which areas left both sides of a rate, and why', () => {
    const excluded = [
      { area: 'B-1', reason: 'holderMissing' as const },
      { area: 'B-2', reason: 'notCollected' as const },
    ];
    const sentences = told({ merged: { ...merged, coverage: { ...merged.coverage, excluded } } });
    expect(sentences).toContain('Left out of numerator and denominator: B-1, since a data holder is missing.');
    expect(sentences.some((sentence) => /B-2, since figures were not collected/.test(sentence))).toBe(true);
  });

  it('name who is missing, and why', () => {
    const reasons = [{ code: 'PURPOSE' as const, pointer: '', hint: '' }];
    const holders = [
      holder(),
      holder({ name: 'City A', status: 'refused', reasons }),
      holder({ name: 'City B', status: 'offline' }),
      holder({ name: 'City C', status: 'pending' }),
    ];
    const sentences = told({ holders, state: 'partial' }).join('\n');
    expect(sentences).toMatch(/Partial answer/);
    expect(sentences).toMatch(/City A .*has refused: PURPOSE\./);
    expect(sentences).toMatch(/City B .*has not answered in time/);
    expect(sentences).toMatch(/City C .*was not asked any more/);
    expect(sentences).not.toMatch(/Registry/);
  });

  it('say that it failed, and whether there are figures at all', () => {
    expect(told({ state: 'failed' }).join()).toMatch(/Failed: fewer data holders/);
    expect(told({ state: 'failed', merged: null }).join()).toMatch(/could not be merged; there are no figures/);
  });

  it('warn of reading area groups as individuals, only where areas are grouped by a lookup', () => {
    expect(told().join()).toMatch(/area effect, not individual/);
    without(told({ question: { ...crude, by: [{ variable: 'sex' }] } }), /area effect/);
  });

  it('label crude rates, and only them', () => {
    expect(told().join()).toMatch(/not age-adjusted/);
    without(told({ question: lateStageQuestion }), /not age-adjusted/);
  });

  it('begin with SYNTHETIC when any figure is invented, and never say it otherwise', () => {
    expect(told({ synthetic: true })[0]).toMatch(/^SYNTHETIC/);
    without(told(), /SYNTHETIC/);
  });

  it('say how far noise moves figures of a secure sum, and only of one', () => {
    const secureSum = { members: [], minCellSize: 10, error: sumError(SUM_VARIANCE) };
    expect(told({ secureSum }).join()).toMatch(
      /carry noise: standard deviation 2\.2, ±5 at most in 95 of 100 cells, without a bound/,
    );
    without(told(), /secure sum/);
    without(told({ secureSum, merged: null }), /secure sum/);
  });

  it('explain the signs that stand in the answer, and no others', () => {
    const signs = told({ merged: { ...merged, cells: answer.cells } }).join('\n');
    expect(signs).toMatch(/“withheld” means.*zero is shown like that too/);
    expect(signs).toMatch(/“unreliable” means/);
    without(told(), /“withheld”/);
  });
});
