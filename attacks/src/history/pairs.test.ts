/** Padded pairs over imports tell nothing where later answers are held against earlier ones, and everything where they are not. */
import { expect, it } from 'vitest';
import { GUESSED } from '../attack.ts';
import { dice } from '../dice.ts';
import { pairsOverImports } from './pairs.ts';
import { type Guards, withoutHistory } from './weekly.ts';

const accuracy = (guards: Guards) => {
  const { right, targets, ...pairs } = pairsOverImports({ random: dice(3), imports: 12, pads: 2, guards });
  return { accuracy: right / targets, ...pairs };
};

it('answers the first question of each pair, and never the second', () => {
  const found = accuracy({ history: true, steadyKeys: true });
  expect(found.begun).toBe(found.pairs);
  expect(found.told).toBe(0);
  expect(found.accuracy).toBeLessThanOrEqual(GUESSED);
});

it('tells nearly every secret without the history', () => {
  const found = accuracy(withoutHistory);
  expect(found.told).toBe(found.pairs);
  expect(found.accuracy).toBeGreaterThan(0.9);
});
