/** Signed documents: the vocabulary by its sources, datasets and floors by their holders. */
import { assertFeasibleFloor, type CatalogueDocument, contentHash } from '@revier/core';
import {
  AppError,
  CodeList,
  type CompactJws,
  DataModel,
  DatasetDescription,
  Floor,
  Lookup,
  type ParticipantId,
  type Sha256,
  type SignatureKind,
  Standard,
} from '@revier/schema';
import { z } from 'zod';
import type { ClockOptions } from './clock.ts';
import { assertRealData } from './demonstration.ts';
import { claimedKind } from './header.ts';
import type { Signer } from './keys.ts';
import { assertTrustInForce, resolver, type Trust } from './trust.ts';
import { openCompact } from './verify.ts';

/** What a source signs. */
export const VocabularyDocument = z.discriminatedUnion('kind', [DataModel, CodeList, Lookup, Standard]);
export type VocabularyDocument = z.infer<typeof VocabularyDocument>;

export interface VerifyDocumentOptions extends ClockOptions {
  readonly trust: Trust;
}

export interface VerifiedDocument<D> {
  readonly document: D;
  /** The name that catalogues and agreements know it by. */
  readonly hash: Sha256;
  readonly signer: ParticipantId;
}

/** @throws AppError INVALID_REQUEST for a floor whose protection cannot be had */
export async function signDocument(document: CatalogueDocument | Floor, signer: Signer): Promise<CompactJws> {
  if (document.kind === 'floor') assertFeasibleFloor(document);
  return signer.sign(kindOf(document), document);
}

/** A code list, lookup, standard or data model, signed by any participant. */
export const verifyDocument = (jws: string, options: VerifyDocumentOptions) =>
  verified(jws, 'revier-document+jws', VocabularyDocument, options);

/** @throws AppError SIGNATURE_INVALID unless the holder itself has signed, WRONG_REALM, FORBIDDEN for invented data in production */
export async function verifyDataset(
  jws: string,
  options: VerifyDocumentOptions,
): Promise<VerifiedDocument<DatasetDescription>> {
  const found = await verified(jws, 'revier-dataset+jws', DatasetDescription, options);
  assertOwn(found, found.document, options.trust);
  assertRealData(found.document);
  return found;
}

/** @throws AppError SIGNATURE_INVALID unless the holder itself has signed, WRONG_REALM, INVALID_REQUEST for protection that cannot be had */
export async function verifyFloor(jws: string, options: VerifyDocumentOptions): Promise<VerifiedDocument<Floor>> {
  const found = await verified(jws, 'revier-floor+jws', Floor, options);
  assertOwn(found, found.document, options.trust);
  assertFeasibleFloor(found.document);
  return found;
}

/** Whatever a catalogue can name: vocabulary or dataset. */
export const verifyCatalogueDocument = (
  jws: string,
  options: VerifyDocumentOptions,
): Promise<VerifiedDocument<CatalogueDocument>> =>
  claimedKind(jws) === 'revier-dataset+jws' ? verifyDataset(jws, options) : verifyDocument(jws, options);

async function verified<S extends z.ZodType>(
  jws: string,
  kind: SignatureKind,
  schema: S,
  options: VerifyDocumentOptions,
): Promise<VerifiedDocument<z.output<S>>> {
  assertTrustInForce(options.trust, options);
  const { payload, kid } = await openCompact(jws, kind, schema, resolver(options.trust));
  const signer = options.trust.keyOf(kid)?.participant.id;
  if (signer === undefined) throw new AppError('KEY_UNKNOWN');
  return { document: payload, hash: contentHash(payload), signer };
}

function assertOwn(
  { signer }: { readonly signer: ParticipantId },
  document: DatasetDescription | Floor,
  trust: Trust,
): void {
  if (signer !== document.holder)
    throw new AppError('SIGNATURE_INVALID', { detail: 'Only the holder may sign this document.' });
  if (document.realm !== trust.list.realm) throw new AppError('WRONG_REALM');
}

function kindOf({ kind }: CatalogueDocument | Floor): SignatureKind {
  if (kind === 'dataset') return 'revier-dataset+jws';
  return kind === 'floor' ? 'revier-floor+jws' : 'revier-document+jws';
}
