/** Which tables of a dataset have to be protected together, and how each of them is seen before anybody has asked for it. */
import type { DatasetDescription, Sha256, Table } from '@revier/schema';
import { AppError } from '@revier/schema';
import { contentHash } from '../../query/canonical.ts';
import type { CoveredAreas } from '../../query/coverage.ts';
import { storedVariable } from '../../query/grouping.ts';
import { declaredCodes, type PreparedTable, prepareTable } from '../../query/source-plan.ts';
import type { Vocabulary } from '../../query/vocabulary.ts';
import { overlaps } from '../approval/exact-tables.ts';
import { coveredBy } from '../approval/partitions.ts';
import { type JointSystem, jointSystem, type TooLarge } from './joint-system.ts';

export interface OnDataset {
  readonly vocabulary: Vocabulary;
  readonly dataset: DatasetDescription;
}

/**
 * Tables in sets: counts of one can be subtracted from counts of another, or of one that can be subtracted from it. Tables without counts are in none.
 * @throws AppError for a table that the catalogue does not know
 */
export function linkedSets(tables: readonly Table[], of: OnDataset): readonly (readonly Table[])[] {
  const byHash = new Map(tables.map((table) => [contentHash(table), table]));
  const beside = overlaps({ ...of, tables: [...byHash.values()] });
  const seen = new Set<Sha256>();
  const sets: Table[][] = [];
  for (const start of [...beside.keys()].sort()) {
    const own: Table[] = [];
    const waiting = [start];
    for (let hash = waiting.pop(); hash !== undefined; hash = waiting.pop()) {
      const table = byHash.get(hash);
      if (table === undefined || seen.has(hash)) continue;
      seen.add(hash);
      own.push(table);
      waiting.push(...(beside.get(hash) ?? []));
    }
    if (own.length > 0) sets.push(own);
  }
  return sets;
}

/**
 * A table as it will be asked of the source when every area that populations declare is covered by them.
 * @throws AppError for a table that the catalogue does not know
 */
export function preparedAhead(table: Table, { vocabulary, dataset }: OnDataset): PreparedTable {
  const model = vocabulary.model(table.model);
  if (model === undefined) throw AppError.at('MODEL_UNKNOWN', '/model', `The catalogue has no model "${table.model}".`);
  const task = { stage: 0, holder: dataset.holder, dataset, model, table, tableHash: contentHash(table) };
  return prepareTable(task, vocabulary, declaredCover(table, { vocabulary, dataset }));
}

function declaredCover(table: Table, { vocabulary, dataset }: OnDataset): CoveredAreas | null {
  if (table.coverage.length === 0) return null;
  const model = vocabulary.model(table.model);
  const area = model?.variables.find(({ concept }) => concept === 'area')?.name;
  if (model === undefined || area === undefined) return { level: '', areas: new Set(), years: [], excluded: [] };
  const { index, grain } = storedVariable(vocabulary, model, dataset, area, '/coverage');
  const covered = table.coverage.map(({ model: population }) =>
    coveredBy(population, vocabulary, (code) => index.atomsOf(code)),
  );
  const areas = index
    .codesAt(grain)
    .filter(({ code }) => covered.every((own) => index.atomsOf(code).every((atom) => own.has(atom))));
  return { level: grain, areas: new Set(areas.map(({ code }) => code)), years: [], excluded: [] };
}

/** The system of linked tables, seen ahead. @throws AppError for a table that the catalogue does not know */
export function jointSystemOf(tables: readonly Table[], { vocabulary, dataset }: OnDataset): JointSystem | TooLarge {
  const linked = tables.map((table) => {
    const { source, domain } = preparedAhead(table, { vocabulary, dataset });
    return { hash: contentHash(table), source, domain };
  });
  const model = vocabulary.model(tables[0]?.model ?? '');
  return jointSystem(linked, (variable) =>
    model === undefined ? [] : declaredCodes({ model, dataset }, vocabulary, variable),
  );
}
