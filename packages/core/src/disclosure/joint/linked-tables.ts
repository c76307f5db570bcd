/** Linked tables of one dataset, each seen as it will be asked before anybody has asked for it. */
import { AppError, type DatasetDescription, type Table } from '@revier/schema';
import { contentHash } from '../../query/canonical.ts';
import type { CoveredAreas } from '../../query/coverage.ts';
import { storedVariable } from '../../query/grouping.ts';
import { declaredCodes, type PreparedTable, prepareTable } from '../../query/source-plan.ts';
import type { Vocabulary } from '../../query/vocabulary.ts';
import { coveredBy } from '../approval/partitions.ts';
import { type JointSystem, jointSystem, type TooLarge } from './joint-system.ts';

export interface OnDataset {
  readonly vocabulary: Vocabulary;
  readonly dataset: DatasetDescription;
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
