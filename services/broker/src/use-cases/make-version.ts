/** Catalogue versions: a new one whenever the set of documents has changed; old ones stay. */
import { canonicalText, catalogueOfHashed, contentHash } from '@revier/core';
import type { Catalogue, CatalogueVersion } from '@revier/schema';
import type { Publishing } from '../catalogue-ports.ts';
import type { Broker } from '../ports.ts';
import { builtInHashed } from '../vocabulary/built-in.ts';
import { signerIn } from './signer-in.ts';

/** The version of what is published now; the latest one again when nothing has changed. */
export async function makeVersion(
  broker: Pick<Broker, 'realm' | 'trust'>,
  publishing: Publishing,
): Promise<CatalogueVersion> {
  const catalogue = await catalogueNow(broker, publishing);
  const { latest } = publishing;
  if (latest !== undefined && sameSet(latest.catalogue, catalogue)) return latest;
  const made = { hash: contentHash(catalogue), catalogue };
  await publishing.putVersion(made);
  return made;
}

/** Of what those have signed who stand in the trust list by now. */
export async function catalogueNow(
  { realm, trust }: Pick<Broker, 'realm' | 'trust'>,
  publishing: Publishing,
): Promise<Catalogue> {
  const version = (publishing.latest?.catalogue.version ?? 0) + 1;
  const documents = (await publishing.documents()).filter(
    ({ jws, signer }) => signerIn(trust, jws.split('.', 1)[0]) === signer,
  );
  return catalogueOfHashed(realm, version, [...builtInHashed, ...documents]);
}

const sameSet = (a: Catalogue, b: Catalogue): boolean =>
  canonicalText({ ...a, version: 0 }) === canonicalText({ ...b, version: 0 });
