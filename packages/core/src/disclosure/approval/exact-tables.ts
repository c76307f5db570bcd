/** Tables of exact figures: which of them must be protected together, since records can stand in both. */
import type { Table } from '@revier/schema';
import { contentHash } from '../../query/canonical.ts';
import { figureSystems, type TablesOf, type View } from './partitions.ts';

/**
 * The table and all whose counts can be subtracted from its own, directly or over others: what has to be protected together with it. A table without
 * counts is alone.
 * @throws what `figureSystems` throws
 */
export function linkedWith(table: Table, { tables, ...of }: TablesOf): readonly Table[] {
  const left = new Map(tables.map((one) => [contentHash(one), one]));
  left.delete(contentHash(table));
  const found = [table];
  for (const one of found) {
    const first = onlyCounts(one);
    for (const [hash, other] of left) {
      const second = onlyCounts(other);
      if (first === null || second === null || areApart(first, second, { ...of, tables: [] })) continue;
      left.delete(hash);
      found.push(other);
    }
  }
  return found;
}

/** Rates leave with noise, whatever becomes of counts; which unit is counted does not matter for what two counts tell together. */
const onlyCounts = (table: Table): Table | null => {
  const measures = table.measures
    .filter(({ kind }) => kind === 'count')
    .map((measure) => ({ ...measure, unit: 'any' }));
  return measures.length === 0 ? null : { ...table, margins: false, measures };
};

/** Apart where some variable keeps every cell of one from every cell of the other, whatever the data. */
function areApart(one: Table, other: Table, of: TablesOf): boolean {
  const views = figureSystems({ ...of, tables: [one, other] }).flatMap((system) => system.views);
  const hash = contentHash(one);
  const [first, second] = [hash, contentHash(other)].map((own) => views.filter(({ tables }) => tables.has(own)));
  return (first ?? []).every((a) => (second ?? []).every((b) => areDisjoint(a, b)));
}

const areDisjoint = (a: View, b: View): boolean =>
  a.blocks.some((own, v) => own.every((block, code) => block < 0 || (b.blocks[v]?.[code] ?? -1) < 0));
