/** Catalogue versions opened for planning, the latest few kept: opening one hashes every document. */
import { documentStore, openCatalogue, type Vocabulary } from '@revier/core';
import { AppError, type Catalogue, type Sha256 } from '@revier/schema';
import type { CatalogueStore } from '../catalogue-ports.ts';
import { builtInDocuments } from './built-in.ts';

const KEPT = 8;

export function vocabularies(catalogues: CatalogueStore): (hash: Sha256) => Promise<Vocabulary> {
  const opened = new Map<Sha256, Promise<Vocabulary>>();
  return (hash) => {
    const found = opened.get(hash) ?? open(catalogues, hash);
    opened.delete(hash);
    opened.set(hash, found);
    found.catch(() => opened.delete(hash));
    for (const oldest of [...opened.keys()].slice(0, -KEPT)) opened.delete(oldest);
    return found;
  };
}

async function open(catalogues: CatalogueStore, hash: Sha256): Promise<Vocabulary> {
  const found = await catalogues.version(hash);
  if (found === undefined) throw new AppError('CATALOGUE_UNKNOWN');
  const published = await catalogues.documents(hashesOf(found.catalogue));
  return openCatalogue(found.catalogue, documentStore([...builtInDocuments, ...published]));
}

const hashesOf = ({ dataModels, codeLists, lookups, standards, datasets }: Catalogue): Sha256[] =>
  [dataModels, codeLists, lookups, standards, datasets].flatMap((named) => Object.values(named));
