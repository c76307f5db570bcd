/** Tables of exact figures: which of them must be protected together, since records can stand in both. */
import type { Sha256, Table } from '@revier/schema';
import { contentHash } from '../../query/canonical.ts';
import { figureSystems, type TablesOf, type View } from './partitions.ts';

/** For each table that has counts, the others whose counts some record can be in as well; each table once. */
export function overlaps(of: TablesOf): ReadonlyMap<Sha256, ReadonlySet<Sha256>> {
  const tables = new Map(of.tables.map((table) => [contentHash(table), onlyCounts(table)]));
  const found = new Map(
    [...tables].flatMap(([hash, table]) => (table === null ? [] : ([[hash, new Set<Sha256>()]] as const))),
  );
  const entries = [...tables];
  entries.forEach(([one, first], at) => {
    for (const [other, second] of entries.slice(at + 1)) {
      if (first === null || second === null || areApart(first, second, of)) continue;
      found.get(one)?.add(other);
      found.get(other)?.add(one);
    }
  });
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
