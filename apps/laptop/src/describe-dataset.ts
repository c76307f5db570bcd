/** Descriptions: what a holder publishes of a dataset, and which codes it lets in. */
import { contentHash, indexCodeList } from '@revier/core';
import { builtInCodeLists, type CodeList, type DatasetDescription } from '@revier/schema';
import type { DatasetSpec, FederationSpec, HolderSpec } from './federation-spec.ts';

export const datasetId = (dataset: DatasetSpec): DatasetDescription['id'] => `urn:revier:dataset:${dataset.name}`;

/** The codes that each dimension may hold, so that an import refuses whatever else it finds. */
export function storedCodes(
  spec: FederationSpec,
  dataset: DatasetSpec,
): Record<string, { stored: ReadonlySet<string> }> {
  const own = spec.documents.filter((document): document is CodeList => document.kind === 'code-list');
  const lists = new Map([...builtInCodeLists, ...own].map((list) => [list.id, list]));
  return Object.fromEntries(
    Object.entries(dataset.grain).map(([variable, { codeList, level, codes }]) => {
      const list = lists.get(codeList);
      if (list === undefined) throw new Error(`There is no code list ${codeList}.`);
      return [
        variable,
        {
          stored: new Set(
            codes ??
              indexCodeList(list)
                .codesAt(level)
                .map(({ code }) => code),
          ),
        },
      ];
    }),
  );
}

/** What the holder says, and signs, of a dataset. */
export const describeDataset = (holder: HolderSpec, dataset: DatasetSpec, epoch: string): DatasetDescription => ({
  kind: 'dataset',
  id: datasetId(dataset),
  holder: holder.id,
  holderName: holder.name,
  realm: 'test',
  title: dataset.title,
  description: dataset.description,
  model: dataset.model.id,
  modelHash: contentHash(dataset.model),
  synthetic: dataset.synthetic,
  accessRights: dataset.mode === 'O' ? 'PUBLIC' : 'NON_PUBLIC',
  mode: dataset.mode,
  grain: dataset.grain,
  ...(dataset.impossible === undefined ? {} : { impossible: dataset.impossible }),
  coverage: dataset.coverage,
  epoch,
  asOf: dataset.asOf,
  source: dataset.source,
  ...(dataset.population === undefined ? {} : { population: dataset.population }),
});
