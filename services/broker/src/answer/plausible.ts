/** Whether figures can be true at all, by public facts alone: a holder that signs what cannot be is named, not merged. Pure. */
import type { PlanTask } from '@revier/core';
import { AppError, type ReleaseBody, type ReleaseColumns } from '@revier/schema';

/** Ten thousand million people for a hundred years, in person-years. */
const MOST = 1e12;

/**
 * Withheld cells are NaN and pass, since whatever compares with them is false.
 * @throws AppError INVALID_REQUEST with a pointer into the body
 */
export function assertPlausible({ measures }: ReleaseBody, task: PlanTask): void {
  measures.forEach((columns, at) => {
    const { least, most } = limitsOf(task, at);
    if (figuresOf(columns).some((figure) => figure < least || figure > most))
      throw AppError.at('INVALID_REQUEST', `/measures/${at}`, 'A figure is not possible.');
  });
}

const figuresOf = (columns: ReleaseColumns): Float64Array =>
  columns.kind === 'direct-rate' ? columns.rate : columns.value;

function limitsOf({ table, model, dataset }: PlanTask, at: number): { readonly least: number; readonly most: number } {
  const measure = table.measures[at];
  // Weights add up to one, and in no stratum there are more events than persons.
  if (measure?.kind === 'direct-rate') return { least: 0, most: measure.per };
  if (measure?.kind !== 'sum') return { least: 0, most: MOST };
  const variable = model.variables.find(({ name }) => name === measure.variable);
  if (variable?.role !== 'weight' && variable?.role !== 'measure') return { least: 0, most: 0 };
  // Noise may carry a protected sum below what is possible; an open one has none.
  const isFromZero = variable.min >= 0 && dataset.mode === 'O';
  return { least: isFromZero ? 0 : -Infinity, most: variable.role === 'weight' ? MOST : Infinity };
}
