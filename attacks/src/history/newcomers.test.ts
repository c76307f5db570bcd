/** The attack of newcomers wins where answers are not held against earlier ones, and is withstood where they are. */
import { expect, it } from 'vitest';
import { GUESSED } from '../attack.ts';
import { dice } from '../dice.ts';
import { joinedThisWeek, paddedChange, paddedPair } from './newcomers.ts';

it('tells who has joined in one of 52 weeks from a register without a history', () => {
  const trial = { districts: 200, random: dice(1) };
  expect(joinedThisWeek({ ...trial, guarded: false })).toBeGreaterThan(0.8);
  expect(joinedThisWeek({ ...trial, guarded: true })).toBeLessThanOrEqual(GUESSED);
});

it('sees nothing of a change that was padded to the threshold', () => {
  const trial = { districts: 1000, random: dice(2) };
  expect(paddedChange({ ...trial, guarded: true }, 9)).toBe(0.5);
  expect(paddedChange({ ...trial, guarded: false }, 0)).toBeGreaterThan(0.7);
});

it('sees nothing in a pair of tables that the target alone can part', () => {
  const trial = { districts: 1000, random: dice(4) };
  expect(paddedPair({ ...trial, guarded: true }, 0)).toBe(0.5);
  expect(paddedPair({ ...trial, guarded: false }, 0)).toBeGreaterThan(0.7);
});

it('sees no more in a pair of tables that was padded to the threshold than their noise lets through', () => {
  const trial = { districts: 8000, random: dice(5) };
  expect(paddedPair({ ...trial, guarded: true }, 9)).toBeLessThanOrEqual(GUESSED);
  expect(paddedPair({ ...trial, guarded: true }, 10)).toBeLessThanOrEqual(GUESSED);
});
