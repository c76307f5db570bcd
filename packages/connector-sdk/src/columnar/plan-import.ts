/** The plan of an import: the stored columns of a data model, their types and their checks. */
import { AppError, type DataModel, type Variable } from '@revier/schema';
import { checkOf, usableCheck, type ValueCheck } from './check-value.ts';
import { type Columns, type Grain, USABLE } from './columns.ts';

export interface PlannedColumn {
  readonly name: string;
  readonly role: Variable['role'] | 'usable';
  readonly type: 'varchar' | 'bigint' | 'boolean';
  readonly check: ValueCheck;
}

export interface ImportPlan {
  readonly model: DataModel;
  /** Variables in the model's order, then `usable`. */
  readonly columns: readonly PlannedColumn[];
}

const identifier = /^[a-zA-Z][a-zA-Z0-9]*$/;

const unfit = (pointer: string, detail: string): AppError => AppError.at('IMPORT_UNFIT', pointer, detail);

function checkNames(model: DataModel): void {
  const seen = new Set([USABLE]);
  model.variables.forEach(({ name }, index) => {
    // Engines compare names without case, so `Year` beside `year` would be one column.
    const folded = name.toLowerCase();
    if (!identifier.test(name) || seen.has(folded)) {
      throw unfit(`/model/variables/${index}/name`, 'The name is unfit, reserved or used twice.');
    }
    seen.add(folded);
  });
}

/** Throws AppError `IMPORT_UNFIT` where the model or the grain cannot be stored. */
export function planImport(model: DataModel, grain: Grain): ImportPlan {
  checkNames(model);
  const columns = model.variables.map((variable): PlannedColumn => {
    const { name, role } = variable;
    const stored = Object.hasOwn(grain, name) ? grain[name]?.stored : undefined;
    if (role === 'dimension' && stored === undefined) throw unfit(`/grain/${name}`, 'The dimension has no grain.');
    const type = role === 'measure' || role === 'weight' ? 'bigint' : 'varchar';
    return { name, role, type, check: checkOf(variable, stored) };
  });
  return { model, columns: [...columns, { name: USABLE, role: 'usable', type: 'boolean', check: usableCheck }] };
}

/** Number of records of a batch. Throws AppError `IMPORT_UNFIT` on unknown, missing or unequally long columns. */
export function checkBatch(plan: ImportPlan, batch: Columns): number {
  const known = new Set(plan.columns.map(({ name }) => name));
  for (const name of Object.keys(batch)) {
    // A foreign column's name may be anything, a name of a person even: it is not repeated.
    if (!known.has(name)) throw unfit('', 'A column is not a variable of the data model.');
  }
  let length: number | undefined;
  for (const { name, role } of plan.columns) {
    const values = Object.hasOwn(batch, name) ? batch[name] : undefined;
    if (values === undefined) {
      if (role === 'usable') continue;
      throw unfit(`/${name}`, 'The column is missing.');
    }
    length ??= values.length;
    if (values.length !== length) throw unfit(`/${name}`, 'The column is not as long as the others.');
  }
  return length ?? 0;
}
