/** Sums over records of persons, with noise in proportion to the greatest contribution; concentrated ones are withheld. */
import { createHmac } from 'node:crypto';
import type { CellGrid } from './cell-grid.ts';
import { fractionOf } from './cell-key/cell-key.ts';
import { countNoise } from './cell-key/count-noise.ts';
import { type FlexParams, noiseUnit, numericNoise } from './cell-key/numeric-noise.ts';
import type { Ptable } from './cell-key/ptable.ts';
import { noisedSumColumns, type SumColumns, statusByte } from './columns.ts';
import type { KeyedSets } from './keyed-sets.ts';
import { noSets } from './keyed-sets.ts';
import { isHeldByFew } from './magnitude/concentration.ts';
import { type CellKeyRules, NUMERIC_VARIANCE, numericPtable } from './protection.ts';
import { mismatch, type RawSum } from './raw-measures.ts';

/** Fewer persons never stand behind a sum (disclosure.md 1.4). */
const LEAST_PERSONS = 10;

export interface SumDisclosure {
  readonly raw: RawSum;
  readonly grid: CellGrid;
  readonly rules: CellKeyRules;
  readonly ptable: Ptable;
  readonly minCellSize: number;
  /** In [0, 1): what the sum of record keys stands for. */
  readonly fraction: (recordKeys: number) => number;
}

export interface DisclosedSums {
  readonly columns: SumColumns;
  /** 1 where the sum may be shown. */
  readonly shown: Uint8Array;
  readonly sets: KeyedSets;
}

/**
 * A sum is withheld where too few persons stand behind it, where one or two hold most of it, where it is 0 (each contribution would be
 * 0), and where a figure was not collected: for all of these there is one word. The threshold acts on the number of persons with
 * its noise, and leaves room for the greatest change, so that behind a shown sum there are always ten.
 * Digits beyond a tenth of the noise say nothing about the sum, so they do not leave.
 */
export function disclosedSums({ raw, grid, rules, ptable, minCellSize, fraction }: SumDisclosure): DisclosedSums {
  const { contributions } = raw;
  if (contributions === undefined) throw mismatch();
  const columns = noisedSumColumns(grid.size);
  const shown = new Uint8Array(grid.size);
  const sets = noSets(grid.size);
  const flex: FlexParams = { ...rules.flex, mu: 0 };
  const least = Math.max(minCellSize, LEAST_PERSONS + rules.perturbation.D);
  raw.value.forEach((sum, i) => {
    const cell = grid.indexOf(raw.keys, i);
    const persons = contributions.persons[i] ?? 0;
    const key = contributions.recordKeys[i] ?? 0;
    sets.persons[cell] = persons;
    sets.keys[cell] = key;
    const greatest = contributions.top.map((sizes) => sizes[i] ?? 0);
    const isSafe =
      raw.missing[i] === 0 &&
      sum !== 0 &&
      persons + countNoise(ptable, persons, fractionOf(key)) >= least &&
      !isHeldByFew({ greatest, whole: contributions.size[i] ?? 0 }, rules);
    if (!isSafe) return;
    const at = { sum, greatest: greatest[0] ?? 0, fraction: fraction(key), isSensitive: false };
    const sd = classOf(noiseUnit(flex, at) * Math.sqrt(NUMERIC_VARIANCE));
    const noised = toStep(sum + numericNoise(numericPtable(), flex, at), sd);
    if (isNearGreatest(noised, greatest, rules)) return;
    shown[cell] = 1;
    columns.sd[cell] = sd;
    columns.value[cell] = noised;
  });
  return { columns, shown, sets };
}

/**
 * The p % rule, of the sum as it would leave: its noise can bring it so near to the greatest contribution that the second greatest contributor,
 * taking off its own, would be right to within p per cent. Withheld then too, by the same word and for a figure of the same
 * kind, so whoever sees it learns what the rule for exact sums says already: never drawn again, which would tell a second figure of one law.
 */
function isNearGreatest(
  noised: number,
  [first = 0, second = 0]: readonly number[],
  { pPercent }: CellKeyRules,
): boolean {
  return pPercent !== undefined && Math.abs(noised) - second < (1 + pPercent / 100) * first;
}

/** Writes the statuses, and takes the figures away where one is not shown after all. */
export function settle({ columns, shown }: DisclosedSums): SumColumns {
  shown.forEach((isShown, cell) => {
    columns.status[cell] = statusByte(isShown === 1 ? 'value' : 'withheld');
    if (isShown === 1) return;
    columns.value[cell] = Number.NaN;
    columns.sd[cell] = Number.NaN;
  });
  return columns;
}

/**
 * The next of 1, 3, 10, 30 … above: the exact deviation is a public multiple of the greatest contribution, and would tell it. The
 * class tells it to a factor of three.
 */
export function classOf(sd: number): number {
  const decade = 10 ** Math.floor(Math.log10(sd));
  return [1, 3, 10].map((digit) => digit * decade).find((upper) => upper >= sd) ?? 10 * decade;
}

/** Rounded to a tenth of the decade that the class lies in. */
function toStep(value: number, sd: number): number {
  const exponent = Math.floor(Math.log10(sd)) - 1;
  // In decimal text, so that no binary rest of the power is left in the figure.
  return Number(`${Math.round(Number(`${value}e${-exponent}`))}e${exponent}`);
}

/**
 * Noise of sums is drawn for each variable by itself: one factor for two sums of the same records would let whoever knows one of
 * them know the other (disclosure.md 2.4). Conditions stay outside, so that the same records have one draw.
 */
export const sumFraction =
  (noiseKey: Uint8Array, model: string, variable: string) =>
  (recordKeys: number): number => {
    const text = `revier sum noise 1|${model}|${variable}|${recordKeys}`;
    return fractionOf(createHmac('sha256', noiseKey).update(text).digest().readUInt32BE(0));
  };
