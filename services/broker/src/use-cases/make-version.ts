/** Catalogue versions: a new one whenever the set of documents has changed; old ones stay. */
import { canonicalText, catalogueOfHashed, contentHash } from '@revier/core';
import type { Catalogue, CatalogueVersion } from '@revier/schema';
import type { Broker, Publishing } from '../ports.ts';
import { builtInHashed } from '../vocabulary/built-in.ts';

/** The version of what is published now; the latest one again when nothing has changed. */
export async function makeVersion(broker: Pick<Broker, 'realm'>, publishing: Publishing): Promise<CatalogueVersion> {
  const catalogue = await catalogueNow(broker, publishing);
  const { latest } = publishing;
  if (latest !== undefined && sameSet(latest.catalogue, catalogue)) return latest;
  const made = { hash: contentHash(catalogue), catalogue };
  await publishing.putVersion(made);
  return made;
}

export async function catalogueNow({ realm }: Pick<Broker, 'realm'>, publishing: Publishing): Promise<Catalogue> {
  const version = (publishing.latest?.catalogue.version ?? 0) + 1;
  return catalogueOfHashed(realm, version, [...builtInHashed, ...(await publishing.documents())]);
}

const sameSet = (a: Catalogue, b: Catalogue): boolean =>
  canonicalText({ ...a, version: 0 }) === canonicalText({ ...b, version: 0 });
