/** How this holder protects a table: what its floor says, and what the archive must tell for it. */
import {
  type CellKeyRules,
  cellKeyRulesOf,
  contributorsIn,
  floorForModel,
  type PlanTask,
  type PreparedTable,
  type SourceProtection,
} from '@revier/core';
import type { Floor } from '@revier/schema';
import { Refusal } from './refusal.ts';

/** Null for open data, and where counts are suppressed. */
export const cellKeysFor = (
  { dataset, model }: Pick<PlanTask, 'dataset' | 'model'>,
  floor: Floor,
): CellKeyRules | null => (dataset.mode === 'L' ? cellKeyRulesOf(floorForModel(floor, model)) : null);

/** @throws Refusal QUESTION_INVALID for records without an identity, from which no noise could follow */
export function protect(
  prepared: PreparedTable,
  { model, dataset }: Pick<PlanTask, 'model' | 'dataset'>,
  cellKeys: CellKeyRules | null,
): PreparedTable {
  const protection =
    cellKeys === null
      ? togetherOnly(dataset.mode)
      : { personCap: cellKeys.personCap, topContributions: contributorsIn(cellKeys) };
  if (protection === null) return prepared;
  if (model.record === null || model.person === null)
    throw Refusal.because(
      'QUESTION_INVALID',
      '/aggregates',
      'The records of this model have no identifier or no person: this holder protects by both.',
    );
  return { ...prepared, source: { ...prepared.source, protection } };
}

/** Shares of noise follow from the keys of records; persons are counted once however many records they have, so that none is left out. */
const togetherOnly = (mode: PlanTask['dataset']['mode']): SourceProtection | null =>
  mode === 'F' ? { personCap: 1_000_000, topContributions: 1 } : null;
