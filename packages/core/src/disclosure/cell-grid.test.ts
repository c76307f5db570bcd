/** The cells of a table, their order and their sums. */
import { TOTAL } from '@revier/schema';
import { describe, expect, test } from 'vitest';
import { cellGrid } from './cell-grid.ts';

const rowsOf = (grid: ReturnType<typeof cellGrid>) =>
  Array.from({ length: grid.size }, (_, cell) => grid.keys.map((column) => column[cell]));

describe('the cells of a table', () => {
  test('ascend lexicographically, totals last', () => {
    expect(
      rowsOf(
        cellGrid(
          [
            [2, 7],
            [0, 1],
          ],
          true,
        ),
      ),
    ).toEqual([
      [2, 0],
      [2, 1],
      [2, TOTAL],
      [7, 0],
      [7, 1],
      [7, TOTAL],
      [TOTAL, 0],
      [TOTAL, 1],
      [TOTAL, TOTAL],
    ]);
  });

  test('are one cell where nothing is told apart, none where a dimension has no code, and hold no total unless asked', () => {
    expect(cellGrid([], true).size).toBe(1);
    expect(cellGrid([[], [1, 2]], false).size).toBe(0);
    expect(rowsOf(cellGrid([[2, 7]], false))).toEqual([[2], [7]]);
  });

  test('know the totals that they are part of', () => {
    const grid = cellGrid(
      [
        [2, 7],
        [0, 1],
      ],
      true,
    );
    expect([...grid.containing(4)].sort((a, b) => a - b)).toEqual([4, 5, 7, 8]);
    expect(cellGrid([[2, 7]], false).containing(1)).toEqual([1]);
    for (const { total, parts } of grid.lines) for (const part of parts) expect(part).toBeLessThan(total);
    expect(grid.lines).toHaveLength(6);
  });

  test('are found by their codes; a code that the table does not have is no cell', () => {
    const grid = cellGrid(
      [
        [2, 7],
        [0, 1],
      ],
      true,
    );
    const keys = [Uint32Array.of(7, 3), Uint32Array.of(TOTAL, 0)];
    expect(grid.indexOf(keys, 0)).toBe(5);
    expect(grid.find(keys, 1)).toBeUndefined();
    expect(() => grid.indexOf(keys, 1)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });

  test('are refused when the codes of a dimension do not ascend', () => {
    for (const codes of [[1, 1], [2, 1], [-1], [0.5], [TOTAL]]) {
      expect(() => cellGrid([codes], false)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    }
  });
});
