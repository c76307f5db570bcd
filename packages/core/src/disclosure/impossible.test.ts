/** Combinations in which nobody can be, by public knowledge: said to be zero, and no group to anybody beside them. */
import { cellStatuses, TOTAL } from '@revier/schema';
import { smallDatasets, smallVocabulary } from '@revier/testkit';
import { describe, expect, test } from 'vitest';
import { contentHash } from '../query/canonical.ts';
import { prepareTable } from '../query/source-plan.ts';
import { cellGrid } from './cell-grid.ts';
import { discloseLocal } from './disclose-local.ts';
import { cellKeyRulesOf } from './protection.ts';
import { keyedRecords, noiseKey } from './testing/keyed.ts';
import { countInput, countTable } from './testing/microdata.ts';

/** Sites (0: of men alone, 1: of both) by sex (0: women, 1: men). */
const domain = [
  [0, 1],
  [0, 1],
];
const prostate = [[0], [0]];

function told(margins: boolean, impossible: readonly (readonly (readonly number[])[])[], women = 0) {
  const records = keyedRecords([
    { codes: [0, 1], many: 400 },
    { codes: [0, 0], many: women },
    { codes: [1, 0], many: 150 },
    { codes: [1, 1], many: 150 },
  ]);
  const cellKeys = cellKeyRulesOf({ disclosure: { method: 'cell-key' } });
  const input = { ...countInput(countTable(2, margins, [[]]), domain, records), impossible };
  const { keys, measures } = discloseLocal(input, { minCellSize: 10, cellKeys }, noiseKey).body;
  const [columns] = measures;
  if (columns?.kind !== 'count') throw new Error('expected a count');
  return new Map(
    [...columns.status].map((status, cell) => [
      keys.map((column) => (column[cell] === TOTAL ? '*' : column[cell])).join(' '),
      cellStatuses[status],
    ]),
  );
}

describe('a cell in which nobody can be', () => {
  test('is zero, and who stands alone beside it is no group', () => {
    expect([told(false, []).get('0 1'), told(false, []).get('0 0')]).toEqual(['withheld', 'withheld']);
    const known = told(false, [prostate]);
    expect([known.get('0 1'), known.get('0 0'), known.get('1 0')]).toEqual(['value', 'zero', 'value']);
  });

  test('makes the cell beside it and their total one figure, which both show', () => {
    const known = told(true, [prostate]);
    expect([known.get('0 1'), known.get('0 *'), known.get('0 0')]).toEqual(['value', 'value', 'zero']);
  });

  test('is said to be zero whatever the data hold, so that it tells nothing about them', () => {
    for (const women of [0, 1, 30]) expect(told(false, [prostate], women).get('0 0')).toBe('zero');
  });

  test('says nothing about groups of others: the rule holds along every other row', () => {
    const women = [[1], [0]];
    expect(told(false, [women]).get('0 1')).toBe('withheld');
  });

  test('leaves rows and lines of a grid', () => {
    const grid = cellGrid(domain, true, [prostate]);
    const [impossible] = [...Array(grid.size).keys()].filter((cell) => grid.isImpossible(cell));
    expect([...grid.rows(), ...grid.lines.map(({ parts }) => parts)].flat()).not.toContain(impossible);
  });
});

describe('what a description says of its stored codes', () => {
  const [registry] = smallDatasets;
  if (registry === undefined) throw new Error('The small region has no registry.');
  const vocabulary = smallVocabulary();
  const model = vocabulary.model(registry.model);
  const prepared = (level: string, codes: readonly string[]) => {
    if (model === undefined) throw new Error('unreachable');
    const table = countTable(0, false, [[]]);
    const by = [
      { variable: 'sex', level: 'code' },
      { variable: 'site', level },
    ];
    const own = { ...table, by };
    const dataset = { ...registry, impossible: [{ site: [...codes], sex: ['F'] }] };
    const task = { stage: 0, holder: registry.holder, dataset, model, table: own, tableHash: contentHash(own) };
    return prepareTable(task, vocabulary, null).impossible;
  };

  test('holds for groups that lie wholly within, and for no other', () => {
    expect(prepared('category', ['C61', 'C62'])).toMatchObject([[[expect.any(Number)], [61, 62]]]);
    expect(prepared('group', ['C61'])).toMatchObject([[[expect.any(Number)], [expect.any(Number)]]]);
    expect(prepared('group', ['C54'])).toEqual([]);
  });
});
