/** Which counts a record can belong to at once. */
import { describe, expect, test } from 'vitest';
import { possibleSignatures } from './signatures.ts';

const where = (variable: string, ...atoms: string[]) => ({ variable, atoms });

describe('the signatures of a table', () => {
  test('of one count is that count', () => {
    expect(possibleSignatures([[]], 64)).toEqual([1]);
    expect(possibleSignatures([[where('sex', 'F')]], 64)).toEqual([1]);
  });

  test('of nested counts are the inner one with the outer, and the outer alone, whether or not that occurs', () => {
    expect(possibleSignatures([[], [where('stage', 'unknown')]], 64)).toEqual([0b01, 0b11]);
    expect(possibleSignatures([[where('age', '1', '2')], [where('age', '2')]], 64)).toEqual([0b01, 0b11]);
  });

  test('of counts that exclude each other are these counts', () => {
    expect(possibleSignatures([[where('sex', 'F')], [where('sex', 'M')]], 64)).toEqual([0b01, 0b10]);
  });

  test('of counts over different variables are all combinations', () => {
    expect(possibleSignatures([[where('sex', 'F')], [where('stage', 'IV')]], 64)).toEqual([0b01, 0b10, 0b11]);
  });

  test('of two units of the same records are one', () => {
    expect(possibleSignatures([[where('sex', 'F')], [where('sex', 'F')]], 64)).toEqual([0b11]);
  });

  test('of a filter that no record can meet are none', () => {
    expect(possibleSignatures([[where('sex', 'F'), where('sex', 'M')]], 64)).toEqual([]);
  });

  test('are not told where there are too many', () => {
    const filters = Array.from({ length: 20 }, (_, i) => [where(`variable${i}`, 'yes')]);
    expect(possibleSignatures(filters, 64)).toBeNull();
  });
});
