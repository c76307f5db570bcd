/** Vocabulary that ships with Revier: everybody knows it, nobody has to publish it, and nobody may redefine it. */
import { type CatalogueDocument, contentHash } from '@revier/core';
import { builtInCodeLists, builtInModels, builtInStandards, type Sha256 } from '@revier/schema';

export const builtInDocuments: readonly CatalogueDocument[] = [
  ...builtInModels,
  ...builtInCodeLists,
  ...builtInStandards,
];

/** How a document is called in a catalogue. */
export const nameOf = (document: CatalogueDocument): string => ('name' in document ? document.name : document.id);

/** With their hashes, as published ones have them. */
export const builtInHashed = builtInDocuments.map((document) => ({ hash: contentHash(document), document }));

const hashes = new Map(builtInHashed.map(({ hash, document }) => [`${document.kind} ${nameOf(document)}`, hash]));

export const builtIn = (kind: string, name: string): Sha256 | undefined => hashes.get(`${kind} ${name}`);
