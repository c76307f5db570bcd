/** Middle of age strata in years, read off the labels of the code list: for the public variance model of rates. */
import { labelOf, type PlanTask, type Vocabulary } from '@revier/core';
import type { TableDimension } from '@revier/schema';

/**
 * An open band has no middle; these are conventions close to the mean age of the people in it: 75+ → 82.5, 85+ → 90. The variance
 * model is public and shapes limits only, never the rate.
 */
const openBands: Readonly<Record<string, number>> = { '75': 82.5, '85': 90 };

/** Null where the strata are no ages, or one of them cannot be read as an age. */
export function strataMidAges(task: PlanTask, vocabulary: Vocabulary, over: TableDimension): readonly number[] | null {
  const variable = task.model.variables.find(({ name }) => name === over.variable);
  const list = task.dataset.grain[over.variable]?.codeList;
  const index = list === undefined ? undefined : vocabulary.codeList(list);
  if (variable?.concept !== 'age' || index === undefined || !('level' in over)) return null;
  const ages = index.codesAt(over.level).map((entry) => midAge(labelOf(entry).en));
  return ages.every((age) => age !== null) ? ages : null;
}

/** `45-49` → 47.5 (completed years: 45.0 to just under 50), `7` → 7.5, `75+` → 82.5. */
export function midAge(label: string): number | null {
  const [, from = '', to, open] = /^(\d{1,3})(?:-(\d{1,3})|(\+))?$/.exec(label) ?? [];
  if (from === '') return null;
  if (open !== undefined) return openBands[String(Number(from))] ?? null;
  return (Number(from) + Number(to ?? from) + 1) / 2;
}
