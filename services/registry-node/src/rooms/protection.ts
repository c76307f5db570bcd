/** How this holder protects a table: what its floor says, and what the archive must tell for it. */
import { type CellKeyRules, cellKeyRulesOf, contributorsIn, type PlanTask, type PreparedTable } from '@revier/core';
import type { Floor } from '@revier/schema';
import { Refusal } from './refusal.ts';

/** Null for open data, and where counts are suppressed. */
export const cellKeysFor = ({ dataset }: Pick<PlanTask, 'dataset'>, floor: Floor): CellKeyRules | null =>
  dataset.mode === 'L' ? cellKeyRulesOf(floor) : null;

/** @throws Refusal QUESTION_INVALID for records without an identity, from which no noise could follow */
export function protect(
  prepared: PreparedTable,
  { model }: Pick<PlanTask, 'model'>,
  cellKeys: CellKeyRules | null,
): PreparedTable {
  if (cellKeys === null) return prepared;
  if (model.record === null || model.person === null)
    throw Refusal.because(
      'QUESTION_INVALID',
      '/aggregates',
      'The records of this model have no identifier or no person: this holder protects by both.',
    );
  const protection = { personCap: cellKeys.personCap, topContributions: contributorsIn(cellKeys) };
  return { ...prepared, source: { ...prepared.source, protection } };
}
