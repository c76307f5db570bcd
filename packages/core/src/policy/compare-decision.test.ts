/** A decision is the same only when threshold, agreement and codes are, too. */
import { describe, expect, it } from 'vitest';
import { differenceBetween, type EnteredDecision } from './compare-decision.ts';
import { admittedHash, base, decide, floor } from './testing/base.case.ts';

const allowed = decide();
const denied = decide({ floor: { ...floor, maxCells: 1 } });
const released: EnteredDecision = {
  ...{ decision: 'released', codes: [], agreement: admittedHash(base) },
  minCellSize: allowed.decision === 'allow' ? allowed.minCellSize : undefined,
};
const refused: EnteredDecision = { ...released, decision: 'refused', codes: ['FLOOR'], minCellSize: undefined };

describe('a decision made again', () => {
  it('is the one that was entered', () => {
    expect([allowed.decision, denied.decision]).toEqual(['allow', 'deny']);
    expect(differenceBetween(released, allowed)).toBeUndefined();
    expect(differenceBetween(refused, denied)).toBeUndefined();
  });

  it.each([
    ['another end', { ...refused, codes: [] }, allowed, 'was refused, and made again it is released'],
    ['a release that was none', released, denied, 'was released, and made again it is refused'],
    ['a lower threshold', { ...released, minCellSize: 3 }, allowed, 'from 3 persons on, and made again from 10'],
    ['no threshold', { ...released, minCellSize: null }, allowed, 'from no number of persons on'],
    ['another agreement', { ...released, agreement: 'sha256:0' }, allowed, 'another agreement'],
    ['other codes', { ...refused, codes: ['QUOTA'] }, denied, 'was refused for QUOTA, and made again for FLOOR'],
    ['more codes', { ...refused, codes: ['FLOOR', 'QUOTA'] }, denied, 'FLOOR, QUOTA'],
  ])('differs by %s', (_, entered, again, difference) => {
    expect(differenceBetween(entered, again)).toContain(difference);
  });
});
