/** Stricter defaults for vulnerable groups: what they are, who may change them, and that they are never milder. */
import type { Floor, VulnerableRules } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floorForModel } from './floor-for-model.ts';
import { floor } from './testing/base.case.ts';

const children = { themes: ['children' as const] };
const noised: Floor = { ...floor, minCellSize: 10, disclosure: { method: 'cell-key', belowK: 'show-perturbed' } };

describe('the floor for data about a vulnerable group', () => {
  it('is stricter by itself', () => {
    expect(floorForModel(noised, children)).toMatchObject({
      minCellSize: 15,
      disclosure: { method: 'cell-key', belowK: 'withhold', groupMax: 0.8, pPercent: 20 },
    });
  });

  it('is the floor itself for everybody else', () => {
    expect(floorForModel(noised, {})).toBe(noised);
  });

  it('follows the word of the holder, who may ask for more, and for less', () => {
    const more = floorForModel({ ...noised, vulnerable: { minCellSize: 30, groupMax: 0.6 } }, children);
    expect(more).toMatchObject({ minCellSize: 30, disclosure: { groupMax: 0.6, pPercent: 20 } });
    const less = floorForModel({ ...noised, vulnerable: { minCellSize: 10, belowK: 'show-perturbed' } }, children);
    expect(less).toMatchObject({ minCellSize: 10, disclosure: { belowK: 'show-perturbed' } });
  });

  it('shows small figures only where the floor shows them to everybody', () => {
    const withheld: Floor = {
      ...floor,
      disclosure: { method: 'cell-key' },
      vulnerable: { belowK: 'show-perturbed' },
    };
    expect(floorForModel(withheld, children).disclosure?.belowK).toBe('withhold');
  });

  it('is never milder than the floor, whatever is said', () => {
    const rules: fc.Arbitrary<VulnerableRules> = fc.record(
      {
        minCellSize: fc.integer({ min: 3, max: 1000 }),
        groupMax: fc.double({ min: 0.5, max: 1, noNaN: true }),
        pPercent: fc.double({ min: 1, max: 100, noNaN: true }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 1000 }),
        rules,
        rules,
        (minCellSize, vulnerable, { groupMax, pPercent }) => {
          const disclosure = { method: 'cell-key' as const, groupMax: groupMax ?? 0.9, pPercent: pPercent ?? 10 };
          const { disclosure: made, minCellSize: least } = floorForModel(
            { ...floor, minCellSize, vulnerable, disclosure },
            children,
          );
          expect(least).toBeGreaterThanOrEqual(minCellSize);
          expect(made?.groupMax).toBeLessThanOrEqual(disclosure.groupMax);
          expect(made?.pPercent).toBeGreaterThanOrEqual(disclosure.pPercent);
        },
      ),
    );
  });
});
