/** What some tables tell apart together, variable by variable: codes that none of them tells apart are one class. */
import type { SourceFilter, SourceTable } from '../../query/source-table.ts';

/** A variable that at least one of the tables groups or restricts by. */
export interface Axis {
  readonly variable: string;
  /** Stored codes of each class. A code that stands in no cell of any table is in none. */
  readonly classes: readonly (readonly string[])[];
}

/** The counts of a table with their places in it. */
export const countsIn = ({
  measures,
}: SourceTable): { readonly place: number; readonly where: readonly SourceFilter[] }[] =>
  measures.flatMap((measure, place) => (measure.kind === 'count' ? [{ place, where: measure.where }] : []));

/** @param declared stored codes under which a record of the dataset can stand */
export function axesOf(
  tables: readonly SourceTable[],
  declared: (variable: string) => readonly string[],
): readonly Axis[] {
  const names = tables.flatMap((table) => [
    ...table.dimensions.map(({ variable }) => variable),
    ...countsIn(table).flatMap(({ where }) => where.map(({ variable }) => variable)),
  ]);
  return [...new Set(names)].sort().map((variable) => {
    const readers = tables.map((table) => readerOf(table, variable));
    const read = declared(variable).map((code) => ({ code, seen: readers.map((reader) => reader(code)) }));
    const shown = read.filter(({ seen }) => seen.some(({ isSeen }) => isSeen));
    const classes = Map.groupBy(shown, ({ seen }) => seen.map(({ key }) => key).join(';'));
    return { variable, classes: [...classes.values()].map((own) => own.map(({ code }) => code)) };
  });
}

/** How a table takes a code: as what, and whether any of its counts can have a record of it. */
type Reader = (code: string) => { readonly key: string; readonly isSeen: boolean };

function readerOf(table: SourceTable, variable: string): Reader {
  const numbers = table.dimensions.filter((one) => one.variable === variable).map(({ pairs }) => new Map(pairs));
  const counts = countsIn(table).map(({ where }) => admitting(where, variable));
  return (code) => {
    const groups = numbers.map((own) => own.get(code) ?? -1);
    const admitted = counts.map((admits) => admits(code));
    return {
      key: [...groups, ...admitted.map(Number)].join(),
      isSeen: groups.every((group) => group >= 0) && admitted.some((one) => one),
    };
  };
}

/** Whether conditions let a code of a variable through. */
export function admitting(where: readonly SourceFilter[], variable: string): (code: string) => boolean {
  const sets = where.filter((one) => one.variable === variable).map(({ stored }) => new Set(stored));
  return (code) => sets.every((set) => set.has(code));
}
