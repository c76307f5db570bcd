/** Data models: the versioned logical schemas that datasets conform to. */
import { z } from 'zod';
import { Name, Text, VersionedName } from './ids.ts';

/**
 * What a variable means across models, so that registers can join cells: `diagnosisYear` of one model and `year` of
 * another are both the concept `year`.
 */
export const Concept = z.enum(['area', 'year', 'sex', 'age']);
export type Concept = z.infer<typeof Concept>;

const base = { name: Name, title: Text, concept: Concept.optional() };

export const Variable = z.discriminatedUnion('role', [
  /** Coded; grouped and filtered by. `codeList: null` is bound by each dataset (areas have dated boundaries). */
  z.strictObject({ ...base, role: z.literal('dimension'), codeList: VersionedName.nullable() }),
  /** A whole number; scaled by 10^-scale when shown. Nullable: "not collected". */
  z.strictObject({ ...base, role: z.literal('measure'), scale: z.int().min(0).max(6), min: z.int(), max: z.int() }),
  /** How many units a row of aggregated data stands for. */
  z.strictObject({ ...base, role: z.literal('weight'), min: z.int(), max: z.int() }),
  /** Never leaves, never grouped by, never filtered by. */
  z.strictObject({ ...base, role: z.literal('identifier') }),
]);
export type Variable = z.infer<typeof Variable>;

/** What can be counted: rows, or distinct values of an identifier. */
export const Unit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('records'), title: Text }),
  z.strictObject({ kind: z.literal('distinct'), identifier: Name, title: Text }),
]);
export type Unit = z.infer<typeof Unit>;

/** People whom a figure can hurt more than others: stricter defaults hold for data about them (docs/decisions/0024). */
export const VulnerableGroup = z.enum([
  'children',
  'mental-health',
  'addiction',
  'sexual-health',
  'disability',
  'refuge',
  'homelessness',
  'violence',
  'rare-disease',
  'genetics',
]);
export type VulnerableGroup = z.infer<typeof VulnerableGroup>;

export const DataModel = z.strictObject({
  kind: z.literal('data-model'),
  id: VersionedName,
  title: Text,
  /** Identifies one row; record keys are derived from it. Null for aggregated data. */
  record: Name.nullable(),
  /** Disclosure control counts distinct values of this identifier. Null: aggregated data without persons in the rows. */
  person: Name.nullable(),
  variables: z.array(Variable).min(1).max(200),
  units: z.record(Name, Unit),
  /** Vulnerable groups that the data are about. It stands in the model, so that no holder of such data can forget it. */
  themes: z.array(VulnerableGroup).min(1).max(10).optional(),
});
export type DataModel = z.infer<typeof DataModel>;
