/** What the broker shows to everybody: trust list, catalogue, documents, registers, purposes. All of it is checked by signature or hash. */
import { contentHash } from '@revier/core';
import {
  CatalogueVersion,
  type CompactJws,
  DocumentView,
  GeneralJws,
  PurposeList,
  RegisterList,
  type Sha256,
  TrustView,
} from '@revier/schema';
import type { TrustReads } from '../trust/catch-up.ts';
import { ConnectionError } from './errors.ts';
import { type Http, jsonOf } from './inner.ts';

export interface PublicReads extends TrustReads {
  /** Unverified: `openTrustList` opens it. */
  trustList(signal?: AbortSignal): Promise<GeneralJws>;
  /** The newest version, or the one of that hash; the hash is checked. */
  catalogue(hash?: Sha256, signal?: AbortSignal): Promise<CatalogueVersion>;
  /** Unverified: `verifyCatalogueDocument` verifies it and tells its hash. */
  document(hash: Sha256, signal?: AbortSignal): Promise<CompactJws>;
  /** The agreements in it are unverified: `verifyAgreement` verifies them. */
  registers(signal?: AbortSignal): Promise<RegisterList['registers']>;
  purposes(signal?: AbortSignal): Promise<PurposeList['purposes']>;
}

export function publicReads(http: Http): PublicReads {
  return {
    trust: async (signal) => jsonOf(TrustView, await http({ path: '/v1/trust', signal })),
    trustListOf: async (version, signal) =>
      jsonOf(GeneralJws, await http({ path: `/v1/trust-list/${version}`, signal })),
    trustList: async (signal) => jsonOf(GeneralJws, await http({ path: '/v1/trust-list', signal })),
    catalogue: async (hash, signal) => {
      const path = hash === undefined ? '/v1/catalogue' : `/v1/catalogue/${hash}`;
      return checked(jsonOf(CatalogueVersion, await http({ path, signal })), hash);
    },
    document: async (hash, signal) =>
      jsonOf(DocumentView, await http({ path: `/v1/documents/${hash}`, signal })).document,
    registers: (signal) => allRegisters(http, signal),
    purposes: async (signal) => jsonOf(PurposeList, await http({ path: '/v1/purposes', signal })).purposes,
  };
}

/** Page by page. */
async function allRegisters(http: Http, signal: AbortSignal | undefined): Promise<RegisterList['registers']> {
  const all: RegisterList['registers'] = [];
  let cursor: string | null = null;
  do {
    const path: string = cursor === null ? '/v1/registers' : `/v1/registers?cursor=${cursor}`;
    const page = jsonOf(RegisterList, await http({ path, signal }));
    all.push(...page.registers);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

function checked(version: CatalogueVersion, asked: Sha256 | undefined): CatalogueVersion {
  const hash = contentHash(version.catalogue);
  if (hash !== version.hash || (asked !== undefined && hash !== asked))
    throw new ConnectionError('unexpected-answer', 'The catalogue is not the one of its hash.');
  return version;
}
