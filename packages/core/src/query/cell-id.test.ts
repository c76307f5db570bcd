/** One cell has one name, whatever table it stands in. */
import { type QuestionInput, TOTAL } from '@revier/schema';
import { smallVocabulary } from '@revier/testkit';
import { describe, expect, it } from 'vitest';
import { cellIdOf } from './cell-id.ts';
import { planQuestion } from './plan-question.ts';
import { canonicalQuestion } from './question.ts';

const vocabulary = smallVocabulary();

function taskOf(change: Partial<QuestionInput>, where: QuestionInput['aggregates'][string]['where'] = []) {
  const question: QuestionInput = {
    register: 'urn:revier:register:rehab-small',
    purpose: 'ehds:ImproveHealthcare',
    aggregates: { episodes: { model: 'rehab-episode/1', count: 'episodes', ...(where ? { where } : {}) } },
    ...change,
  };
  const [task] = planQuestion(canonicalQuestion(question), vocabulary).tasks;
  if (task === undefined) throw new Error('a clinic is asked');
  return task;
}

const bySex = taskOf({ by: [{ variable: 'sex' }], margins: true });
const women = taskOf({}, [{ variable: 'sex', in: ['F'] }]);

describe('a cell', () => {
  it('of a table by sex is the same as the only cell of a table of that sex', () => {
    expect(cellIdOf(bySex, vocabulary, 0, [0])).toBe(cellIdOf(women, vocabulary, 0, []));
  });

  it('of a total is the same as the only cell of a table without conditions', () => {
    expect(cellIdOf(bySex, vocabulary, 0, [TOTAL])).toBe(cellIdOf(taskOf({}), vocabulary, 0, []));
  });

  it('keeps its name when a table has one more dimension, at the total of that dimension', () => {
    const finer = taskOf({ by: [{ variable: 'indication' }, { variable: 'sex' }], margins: true });
    expect(finer.table.by.map(({ variable }) => variable)).toEqual(['indication', 'sex']);
    expect(cellIdOf(finer, vocabulary, 0, [TOTAL, 0])).toBe(cellIdOf(bySex, vocabulary, 0, [0]));
  });

  it('has another name for another group, another condition, another dataset and another epoch', () => {
    const other = { ...bySex, dataset: { ...bySex.dataset, epoch: 'fedcba9876543210' } };
    const elsewhere = { ...bySex, dataset: { ...bySex.dataset, id: 'urn:revier:dataset:elsewhere' } };
    const names = [
      cellIdOf(bySex, vocabulary, 0, [0]),
      cellIdOf(bySex, vocabulary, 0, [1]),
      cellIdOf(
        taskOf({ by: [{ variable: 'sex' }] }, [{ variable: 'indication', in: ['oncology'] }]),
        vocabulary,
        0,
        [0],
      ),
      cellIdOf(other, vocabulary, 0, [0]),
      cellIdOf(elsewhere, vocabulary, 0, [0]),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});
