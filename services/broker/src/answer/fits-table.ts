/** Whether a release has the shape of the table that it was asked for: a misfit must not come to light in the merge only. Pure. */
import { type PlanTask, prepareTable, type Vocabulary } from '@revier/core';
import { AppError, type ReleaseBody, TOTAL } from '@revier/schema';

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
  const { domain } = prepareTable({ ...task, table: { ...task.table, coverage: [] } }, vocabulary, null);
  keys.forEach((column, at) => {
    const allowed = new Set(domain[at]);
    if (task.table.margins) allowed.add(TOTAL);
    if (!column.every((key) => allowed.has(key))) throw misfit(`/keys/${at}`, 'A cell lies outside the table.');
  });
}

const misfit = (pointer: string, detail: string): AppError => AppError.at('INVALID_REQUEST', pointer, detail);
