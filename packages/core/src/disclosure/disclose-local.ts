/** Mode L: what one holder releases by itself, counts by suppression or with noise by cell keys, sums and rates with noise. */
import { AppError, type ReleaseColumns } from '@revier/schema';
import { type CellGrid, cellGrid } from './cell-grid.ts';
import { bodyOf } from './columns.ts';
import { discloseByKeys, nearnessOf } from './disclose-by-keys.ts';
import { discloseCounts } from './disclose-counts.ts';
import { discloseRate } from './disclose-rate.ts';
import type { DisclosureInput, LocalRules } from './disclosure-input.ts';
import { figureSets } from './history/figure-sets.ts';
import { holdAgainstPast } from './history/hold-against-past.ts';
import type { AnswerHistory } from './history/past-answer.ts';
import { rawOf, strataOf } from './raw-measures.ts';
import { Release } from './release.ts';

const MIN_NOISE_KEY_BYTES = 32;

/**
 * Every cell of the table; a data zero, a figure about fewer than k persons, and whatever would give one away are all `withheld`.
 * `noiseKey` is the holder's own and must stay the same for as long as the records do. Without a history nothing is held against earlier answers:
 * for a dataset of which there are none.
 * @throws AppError AGGREGATE_UNFIT for sums where counts are suppressed: without noise a sum cannot be protected; INTERNAL for a rule or a
 * key that would protect nothing, or figures that do not fit the table.
 */
export function discloseLocal(
  input: DisclosureInput,
  rules: LocalRules,
  noiseKey: Uint8Array,
  history: AnswerHistory | null = null,
): Release {
  const { table, domain } = input;
  requireProtection(rules, noiseKey);
  const { minCellSize, cellKeys = null, pattern = null } = rules;
  if (cellKeys === null && table.measures.some(({ kind }) => kind === 'sum')) {
    throw new AppError('AGGREGATE_UNFIT', {
      detail: 'The holder suppresses: sums over data about persons need noise.',
    });
  }
  // Only noise knows what to make of them: suppression takes every cell for one that somebody can be in.
  const grid = cellGrid(domain, table.margins, cellKeys === null ? [] : input.impossible);
  const counts =
    cellKeys === null
      ? discloseCounts(input, grid, minCellSize, pattern)
      : discloseByKeys({ input, grid, rules: cellKeys, minCellSize, noiseKey });
  const measures = table.measures.map((measure, i): ReleaseColumns => {
    const columns = counts.get(i);
    if (columns !== undefined) return columns;
    const basis = input.rates.get(i);
    if (measure.kind !== 'direct-rate' || basis === undefined) {
      throw new AppError('INTERNAL', { detail: 'A rate came without its denominators.' });
    }
    const raw = strataOf(input.raw, i);
    return discloseRate({ model: table.model, measure, raw, basis, grid, minCellSize, noiseKey });
  });
  const perturbation = cellKeys?.perturbation ?? null;
  if (history === null) return Release.local(bodyOf(input, grid, measures), minCellSize, perturbation, null);
  const held = heldMeasures({ input, grid, measures, history }, rules, noiseKey);
  const basis = { shape: history.shape, sets: held.sets };
  return Release.local(bodyOf(input, grid, [...held.measures]), minCellSize, perturbation, basis);
}

interface ToHold {
  readonly input: DisclosureInput;
  readonly grid: CellGrid;
  readonly measures: readonly ReleaseColumns[];
  readonly history: AnswerHistory;
}

function heldMeasures({ input, grid, measures, history }: ToHold, rules: LocalRules, noiseKey: Uint8Array) {
  const { minCellSize, cellKeys = null } = rules;
  const noise = cellKeys && nearnessOf({ rules: cellKeys, minCellSize });
  const sets = measures.map((_, i) => figureSets(rawOf(input.raw, i), grid));
  return holdAgainstPast({ table: input.tableHash, history, measures, sets }, { minCellSize, noiseKey, noise });
}

function requireProtection({ minCellSize }: LocalRules, noiseKey: Uint8Array): void {
  if (!Number.isInteger(minCellSize) || minCellSize < 1 || noiseKey.length < MIN_NOISE_KEY_BYTES) {
    throw new AppError('INTERNAL', { detail: 'Disclosure control needs a threshold of 1 at least and a whole key.' });
  }
}
