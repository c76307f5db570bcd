/** A year of weekly imports averages nothing away where both guards hold, or either of them for cells that nobody comes to. */
import { describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import { averagedOverImports, leastError, withstands } from './averaged.ts';
import { type Guards, newKeys, withoutHistory } from './weekly.ts';

const year = (guards: Guards) => averagedOverImports({ random: dice(1), districts: 60, guards });

describe('the same table after each of 52 imports', () => {
  it('says one value of a cell that fewer than k have changed, and its mean is one answer', () => {
    const found = year({ history: true, steadyKeys: true });
    expect(withstands(found)).toBe(true);
    for (const { values, mean, one } of [found.untouched, found.touched]) {
      expect(values).toBe(1);
      expect(mean).toBe(one);
    }
    // They are said anew, or the test would say nothing about when.
    expect(found.growing.values).toBeGreaterThan(1);
    expect(found.growing.beyond).toBe(0);
  });

  it('is averaged to the person without the history, where some have come and gone', () => {
    const found = year(withoutHistory);
    expect(withstands(found)).toBe(false);
    expect(found.untouched.values).toBe(1);
    expect(found.touched.mean).toBeLessThan(0.5);
    expect(found.touched.beyond).toBe(found.touched.cells);
  });

  it('is averaged everywhere, where noise is new in each epoch as well', () => {
    const found = year(newKeys);
    expect(withstands(found)).toBe(false);
    expect(found.untouched.mean).toBeLessThan(0.5);
  });

  it('is held by the history alone as well', () => {
    expect(withstands(year({ history: true, steadyKeys: false }))).toBe(true);
  });
});

it('asks for less than the standard deviation of the noise by as much as chance explains', () => {
  expect(leastError(100)).toBeLessThan(leastError(10_000));
  expect(leastError(1e12)).toBeCloseTo(Math.sqrt(3), 4);
});
