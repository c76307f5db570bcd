/** What is published: documents, agreements, and the versions of the catalogue that they make. */

import type { CatalogueDocument } from '@revier/core';
import type {
  Agreement,
  CatalogueVersion,
  CompactJws,
  DatasetId,
  GeneralJws,
  ParticipantId,
  RegisterId,
  Sha256,
} from '@revier/schema';
import type { ToldAt } from './log-ports.ts';

export interface PublishedDocument {
  readonly hash: Sha256;
  readonly signer: ParticipantId;
  readonly jws: CompactJws;
  readonly document: CatalogueDocument;
}

export interface PublishedAgreement {
  readonly hash: Sha256;
  readonly agreement: Agreement;
  readonly jws: GeneralJws;
}

/** Everything that is published at one moment, seen and changed by one at a time; `latest` is as it was at the beginning. */
export interface Publishing {
  readonly latest: CatalogueVersion | undefined;
  /** The current document of each kind and name. */
  documents(): Promise<readonly PublishedDocument[]>;
  agreements(): Promise<readonly PublishedAgreement[]>;
  put(document: PublishedDocument): Promise<void>;
  /** Replaces the agreements of one dataset. */
  putAgreements(dataset: DatasetId, agreements: readonly PublishedAgreement[]): Promise<void>;
  putVersion(version: CatalogueVersion): Promise<void>;
  /** Enters it into the log with the change. */
  tell(told: ToldAt): Promise<void>;
  /** Whether the log has been told of this before. */
  wasTold(hash: Sha256): Promise<boolean>;
}

export interface CatalogueStore {
  latest(): Promise<CatalogueVersion | undefined>;
  version(hash: Sha256): Promise<CatalogueVersion | undefined>;
  document(hash: Sha256): Promise<CompactJws | undefined>;
  documents(hashes: readonly Sha256[]): Promise<readonly CatalogueDocument[]>;
  agreements(register?: RegisterId): Promise<readonly PublishedAgreement[]>;
  publish<T>(work: (publishing: Publishing) => Promise<T>): Promise<T>;
}
