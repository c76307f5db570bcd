/** Whether a release has the shape of the table that it was asked for: a misfit must not come to light in the merge only. Pure. */
import { type PlanTask, prepareTable, type Vocabulary } from '@revier/core';
import { AppError, type DatasetDescription, type ReleaseBody, TOTAL } from '@revier/schema';

const KEPT = 1_000;

/** @throws AppError INVALID_REQUEST with a pointer into the body */
export function assertFitsTable(body: ReleaseBody, task: PlanTask, vocabulary: Vocabulary): void {
  if (body.table !== task.tableHash) throw misfit('/table', 'This is another table.');
  assertMeasures(body, task);
  assertKeys(body, task, vocabulary);
}

function assertMeasures({ measures }: ReleaseBody, { table }: PlanTask): void {
  if (measures.length !== table.measures.length) throw misfit('/measures', 'The table has other measures.');
  measures.forEach(({ kind }, at) => {
    if (kind !== table.measures[at]?.kind) throw misfit(`/measures/${at}`, 'The table has another measure here.');
  });
}

/** Codes beyond the declared coverage are not the holder's to speak of. */
function assertKeys({ keys }: ReleaseBody, task: PlanTask, vocabulary: Vocabulary): void {
  if (keys.length !== task.table.by.length) throw misfit('/keys', 'The table has other dimensions.');
  const allowed = allowedKeys(task, vocabulary);
  keys.forEach((column, at) => {
    if (!column.every((key) => allowed[at]?.has(key) === true))
      throw misfit(`/keys/${at}`, 'A cell lies outside the table.');
  });
}

type AllowedKeys = readonly ReadonlySet<number>[];

/** Holders of one model mostly declare the same: a table and what is declared make the keys, whoever is asked. */
const known = new WeakMap<Vocabulary, Map<string, AllowedKeys>>();

function allowedKeys(task: PlanTask, vocabulary: Vocabulary): AllowedKeys {
  const tables = known.get(vocabulary) ?? new Map<string, AllowedKeys>();
  known.set(vocabulary, tables);
  const declared = `${task.tableHash} ${declaredBy(task.dataset)}`;
  const found = tables.get(declared) ?? allowedAnew(task, vocabulary);
  if (tables.size >= KEPT) tables.clear();
  tables.set(declared, found);
  return found;
}

/** A description stays with its catalogue, and stands in many queries. */
const declarations = new WeakMap<DatasetDescription, string>();

function declaredBy(dataset: DatasetDescription): string {
  const declared = declarations.get(dataset) ?? JSON.stringify([dataset.grain, dataset.coverage]);
  declarations.set(dataset, declared);
  return declared;
}

function allowedAnew(task: PlanTask, vocabulary: Vocabulary): AllowedKeys {
  const { domain } = prepareTable({ ...task, table: { ...task.table, coverage: [] } }, vocabulary, null);
  return domain.map((keys) => new Set(task.table.margins ? [...keys, TOTAL] : keys));
}

const misfit = (pointer: string, detail: string): AppError => AppError.at('INVALID_REQUEST', pointer, detail);
