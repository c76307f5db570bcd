/** Versions: the documents that the names in a table stand for, and the noise: an answer is never given again for other ones. */
import { type CellKeyRules, contentHash, type PlanTask } from '@revier/core';
import type { Catalogue, Sha256 } from '@revier/schema';

export function versionsOf({ table, dataset }: PlanTask, catalogue: Catalogue, cellKeys: CellKeyRules | null): Sha256 {
  const models = [table.model, ...table.coverage.map(({ model }) => model)];
  const lists = Object.values(dataset.grain).map(({ codeList }) => codeList);
  const lookups = table.by.flatMap((dimension) => ('lookup' in dimension ? [dimension.lookup] : []));
  const standards = table.measures.flatMap((measure) => (measure.kind === 'direct-rate' ? [measure.standard] : []));
  return contentHash({
    models: pick(catalogue.dataModels, models),
    lists: pick(catalogue.codeLists, lists),
    lookups: pick(catalogue.lookups, lookups),
    standards: pick(catalogue.standards, standards),
    ...(cellKeys === null ? {} : { cellKeys }),
  });
}

const pick = (named: Record<string, Sha256>, names: readonly string[]): Record<string, Sha256 | null> =>
  Object.fromEntries(names.map((name) => [name, named[name] ?? null]));
