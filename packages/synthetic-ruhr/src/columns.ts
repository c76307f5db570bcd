/** Columns: how every part hands out its rows, one array for each variable of its data model. */
import type { DataModel } from '@revier/schema';

/** One array per variable of the data model, all of the same length. Dimensions hold codes; null is "does not apply". */
export type Columns = Readonly<Record<string, readonly (string | number | null)[]>>;

export type Row = Readonly<Record<string, string | number | null>>;

export interface ColumnsBuilder {
  add(row: Row): void;
  columns: Columns;
}

/** Collects rows into the columns of a data model, which decides their names and order. */
export function columnsFor(model: DataModel): ColumnsBuilder {
  const named = model.variables.map(({ name }): readonly [string, (string | number | null)[]] => [name, []]);
  return {
    add(row) {
      for (const [name, column] of named) {
        const value = row[name];
        if (value === undefined) throw new TypeError(`a row for ${model.id} lacks ${name}`);
        column.push(value);
      }
    },
    columns: Object.fromEntries(named),
  };
}
