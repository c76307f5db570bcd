/** Sources publish vocabulary: code lists, lookups, standards and data models, each signed by a participant. */
import { type VerifiedDocument, type VocabularyDocument, verifyDocument } from '@revier/connector-sdk';
import { AppError, type DocumentDelivery } from '@revier/schema';
import type { Publishing } from '../catalogue-ports.ts';
import type { Broker } from '../ports.ts';
import { builtIn, nameOf } from '../vocabulary/built-in.ts';
import { makeVersion } from './make-version.ts';

type Verified = VerifiedDocument<VocabularyDocument> & { readonly jws: string };

/** All of them or none. @throws AppError of signatures; FORBIDDEN for a name that is somebody else's */
export async function publishDocuments(broker: Broker, { documents }: DocumentDelivery): Promise<void> {
  const options = { trust: broker.trust, now: new Date(broker.now()) };
  const verified = await Promise.all(
    documents.map(async (jws): Promise<Verified> => ({ ...(await verifyDocument(jws, options)), jws })),
  );
  const version = await broker.catalogues.publish(async (publishing) => {
    for (const one of verified) await publish(publishing, one);
    return makeVersion(broker, publishing);
  });
  broker.logger.info({ documents: documents.length, catalogue: version.hash }, 'documents published');
}

async function publish(publishing: Publishing, { document, hash, signer, jws }: Verified): Promise<void> {
  const { kind } = document;
  const name = nameOf(document);
  const shipped = builtIn(kind, name);
  const documents = await publishing.documents();
  const before = documents.find((one) => one.document.kind === kind && nameOf(one.document) === name);
  if ((shipped ?? hash) !== hash || (before?.signer ?? signer) !== signer)
    throw new AppError('FORBIDDEN', { detail: `The name ${name} belongs to somebody else.` });
  await publishing.put({ hash, signer, jws, document });
}
