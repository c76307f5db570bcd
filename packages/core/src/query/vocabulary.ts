/** The vocabulary: a catalogue version opened, every document checked against the hash that the catalogue names. */
import {
  AppError,
  type Catalogue,
  type CodeList,
  type DataModel,
  type DatasetDescription,
  type Lookup,
  type Sha256,
  type Standard,
  type Variable,
} from '@revier/schema';
import { contentHash } from './canonical.ts';
import { type CodeIndex, indexCodeList } from './code-index.ts';

export type CatalogueDocument = DataModel | CodeList | Lookup | Standard | DatasetDescription;

export interface Vocabulary {
  readonly catalogue: Catalogue;
  /** Identity of the catalogue version, as a query names it. */
  readonly hash: Sha256;
  model(id: string): DataModel | undefined;
  codeList(id: string): CodeIndex | undefined;
  lookup(name: string): Lookup | undefined;
  standard(name: string): Standard | undefined;
  readonly datasets: readonly DatasetDescription[];
}

/** All documents that a catalogue version consists of, by content hash; who signed them is the caller's to check. */
export type DocumentStore = ReadonlyMap<string, CatalogueDocument>;

export const documentStore = (documents: Iterable<CatalogueDocument>): DocumentStore =>
  new Map([...documents].map((document) => [contentHash(document), document]));

/** @throws AppError CATALOGUE_UNKNOWN when a document is missing or is of another kind or name than the catalogue says. */
export function openCatalogue(catalogue: Catalogue, documents: DocumentStore): Vocabulary {
  const take = <K extends CatalogueDocument['kind']>(
    named: Record<string, Sha256>,
    kind: K,
    nameOf: (document: Extract<CatalogueDocument, { kind: K }>) => string,
  ) => new Map(Object.entries(named).map(([name, hash]) => [name, documentOf(documents, kind, nameOf, name, hash)]));
  const models = take(catalogue.dataModels, 'data-model', (document) => document.id);
  const lists = take(catalogue.codeLists, 'code-list', (document) => document.id);
  const lookups = take(catalogue.lookups, 'lookup', (document) => document.name);
  const standards = take(catalogue.standards, 'standard', (document) => document.name);
  const datasets = take(catalogue.datasets, 'dataset', (document) => document.id);
  const indexes = new Map([...lists].map(([id, list]) => [id, indexCodeList(list)]));
  return {
    catalogue,
    hash: contentHash(catalogue),
    model: (id) => models.get(id),
    codeList: (id) => indexes.get(id),
    lookup: (name) => lookups.get(name),
    standard: (name) => standards.get(name),
    datasets: [...datasets.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

function documentOf<K extends CatalogueDocument['kind']>(
  documents: DocumentStore,
  kind: K,
  nameOf: (document: Extract<CatalogueDocument, { kind: K }>) => string,
  name: string,
  hash: Sha256,
): Extract<CatalogueDocument, { kind: K }> {
  const found = documents.get(hash);
  if (found === undefined || !isKind(found, kind) || nameOf(found) !== name)
    throw new AppError('CATALOGUE_UNKNOWN', {
      detail: `The catalogue names ${name}, which is not at hand in that version.`,
    });
  return found;
}

const isKind = <K extends CatalogueDocument['kind']>(
  document: CatalogueDocument,
  kind: K,
): document is Extract<CatalogueDocument, { kind: K }> => document.kind === kind;

/** A catalogue version over given documents; lists are keyed, so order never matters. */
export const catalogueOf = (
  realm: Catalogue['realm'],
  version: number,
  documents: Iterable<CatalogueDocument>,
): Catalogue =>
  catalogueOfHashed(
    realm,
    version,
    [...documents].map((document) => ({ hash: contentHash(document), document })),
  );

/** The same for documents whose hashes are known; that they are right is the caller's word. */
export function catalogueOfHashed(
  realm: Catalogue['realm'],
  version: number,
  documents: Iterable<{ readonly hash: Sha256; readonly document: CatalogueDocument }>,
): Catalogue {
  const catalogue: Catalogue = {
    kind: 'catalogue',
    realm,
    version,
    dataModels: {},
    codeLists: {},
    lookups: {},
    standards: {},
    datasets: {},
  };
  for (const { hash, document } of documents) {
    if (document.kind === 'data-model') catalogue.dataModels[document.id] = hash;
    else if (document.kind === 'code-list') catalogue.codeLists[document.id] = hash;
    else if (document.kind === 'lookup') catalogue.lookups[document.name] = hash;
    else if (document.kind === 'standard') catalogue.standards[document.name] = hash;
    else catalogue.datasets[document.id] = hash;
  }
  return catalogue;
}

/** The variable that a question means: by its name in the model, or by the concept that models share (`year`, `area`, `sex`, `age`). */
export const variableOf = (model: DataModel, name: string): Variable | undefined =>
  model.variables.find((variable) => variable.name === name) ??
  model.variables.find((variable) => variable.concept === name);
