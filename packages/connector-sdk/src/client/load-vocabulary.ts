/** A catalogue version with all its documents: fetched, each verified by signature and hash, and opened. */
import { type CatalogueDocument, documentStore, openCatalogue, type Vocabulary } from '@revier/core';
import {
  AppError,
  builtInCodeLists,
  builtInModels,
  builtInStandards,
  type Catalogue,
  type Sha256,
} from '@revier/schema';
import { type VerifyDocumentOptions, verifyCatalogueDocument } from '../signatures/documents.ts';
import type { PublicReads } from './public-reads.ts';

export interface LoadOptions extends VerifyDocumentOptions {
  /** Version to load; the newest when left out. */
  readonly hash?: Sha256;
  /** Documents that have been verified before, by hash. What ships with Revier is known to everybody. */
  readonly known?: ReadonlyMap<string, CatalogueDocument>;
  readonly signal?: AbortSignal;
}

const AT_ONCE = 8;

/** Nobody has to publish these, and nobody need be believed about them. */
const builtIn = documentStore([...builtInModels, ...builtInCodeLists, ...builtInStandards]);

/** @throws AppError SIGNATURE_INVALID for a document under another hash, WRONG_REALM; ProblemError, ConnectionError */
export async function loadVocabulary(reads: PublicReads, options: LoadOptions): Promise<Vocabulary> {
  const { catalogue } = await reads.catalogue(options.hash, options.signal);
  if (catalogue.realm !== options.trust.list.realm) throw new AppError('WRONG_REALM');
  const documents = new Map([...builtIn, ...(options.known ?? [])]);
  const missing = hashesOf(catalogue).filter((hash) => !documents.has(hash));
  const fetchNext = async (): Promise<void> => {
    for (let hash = missing.pop(); hash !== undefined; hash = missing.pop())
      documents.set(hash, await fetchDocument(reads, hash, options));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fetchNext));
  return openCatalogue(catalogue, documents);
}

async function fetchDocument(reads: PublicReads, wanted: Sha256, options: LoadOptions): Promise<CatalogueDocument> {
  const { document, hash } = await verifyCatalogueDocument(await reads.document(wanted, options.signal), options);
  if (hash !== wanted)
    throw new AppError('SIGNATURE_INVALID', { detail: 'A document is not the one that the catalogue names.' });
  return document;
}

const hashesOf = ({ dataModels, codeLists, lookups, standards, datasets }: Catalogue): Sha256[] => [
  ...new Set([dataModels, codeLists, lookups, standards, datasets].flatMap((named) => Object.values(named))),
];
