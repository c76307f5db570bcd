/** A holder offers a dataset: its own signed description, and the agreements under which it can be asked. */
import { verifyAgreement, verifyDataset } from '@revier/connector-sdk';
import { admitAgreement } from '@revier/core';
import {
  AppError,
  type Catalogue,
  type DatasetDescription,
  type GeneralJws,
  type Offer,
  type ParticipantId,
  type Sha256,
} from '@revier/schema';
import type { PublishedAgreement, Publishing } from '../catalogue-ports.ts';
import { agreementsEntry } from '../log-entries.ts';
import type { Broker } from '../ports.ts';
import { catalogueNow, makeVersion } from './make-version.ts';

/** @throws AppError of signatures and agreements; FORBIDDEN for what is not the caller's; MODEL_UNKNOWN, CODE_UNKNOWN */
export async function publishOffer(broker: Broker, holder: ParticipantId, offer: Offer): Promise<Sha256> {
  const now = new Date(broker.now());
  const { document, hash, signer } = await verifyDataset(offer.description, { trust: broker.trust, now });
  if (signer !== holder) throw new AppError('FORBIDDEN', { detail: 'The dataset is described by another holder.' });
  const agreements = await Promise.all(offer.agreements.map((jws) => admitted(broker, document, jws, now)));
  const version = await broker.catalogues.publish(async (publishing) => {
    await assertOwn(publishing, document, agreements);
    assertVocabulary(document, await catalogueNow(broker, publishing));
    await publishing.put({ hash, signer, jws: offer.description, document });
    const own = distinct(agreements);
    const before = (await publishing.agreements()).filter(({ agreement }) => agreement.target === document.id);
    await publishing.putAgreements(document.id, own);
    const version = await makeVersion(broker, publishing);
    await tell(broker, publishing, { document, own, before });
    return version;
  });
  broker.logger.info({ dataset: document.id, catalogue: version.hash }, 'dataset offered');
  return version.hash;
}

interface Offered {
  readonly document: DatasetDescription;
  readonly own: readonly PublishedAgreement[];
  readonly before: readonly PublishedAgreement[];
}

/** Nodes offer again whenever they connect: the log hears of what is new. Last: whoever appends holds the log until the end. */
async function tell({ now }: Broker, publishing: Publishing, { document, own, before }: Offered): Promise<void> {
  const { list, ...entry } = agreementsEntry(document.holder, document.id, own);
  const hashesOf = (all: readonly PublishedAgreement[]) =>
    all
      .map(({ hash }) => hash)
      .sort()
      .join();
  if (hashesOf(own) === hashesOf(before) && (own.length === 0 || (await publishing.wasTold(list)))) return;
  await publishing.tell({ entry, at: now() });
}

async function admitted(
  broker: Broker,
  dataset: DatasetDescription,
  jws: GeneralJws,
  now: Date,
): Promise<PublishedAgreement> {
  const { agreement, hash } = await verifyAgreement(jws, broker.trust, now);
  if (agreement.assigner !== dataset.holder || agreement.target !== dataset.id)
    throw new AppError('FORBIDDEN', { detail: 'An agreement is not about this dataset of this holder.' });
  return { hash, agreement: admitAgreement(agreement), jws };
}

const distinct = (agreements: readonly PublishedAgreement[]): PublishedAgreement[] => [
  ...new Map(agreements.map((agreement) => [agreement.hash, agreement])).values(),
];

/** Names belong to whoever had them first: a dataset to its holder, a register to its data user. */
async function assertOwn(
  publishing: Publishing,
  dataset: DatasetDescription,
  agreements: readonly PublishedAgreement[],
): Promise<void> {
  const documents = await publishing.documents();
  const before = documents.find(({ document }) => document.kind === 'dataset' && document.id === dataset.id);
  if (before !== undefined && before.signer !== dataset.holder)
    throw new AppError('FORBIDDEN', { detail: 'The dataset belongs to another holder.' });
  const others = (await publishing.agreements()).filter(({ agreement }) => agreement.target !== dataset.id);
  const users = new Map(others.map(({ agreement }) => [agreement['rv:register'], agreement.assignee]));
  for (const { agreement } of agreements) {
    const register = agreement['rv:register'];
    if ((users.get(register) ?? agreement.assignee) !== agreement.assignee)
      throw new AppError('FORBIDDEN', { detail: `${register} belongs to another data user.` });
    users.set(register, agreement.assignee);
  }
}

/** A description whose words nobody knows could never be planned with. */
function assertVocabulary({ model, modelHash, grain }: DatasetDescription, { dataModels, codeLists }: Catalogue): void {
  if (dataModels[model] !== modelHash)
    throw AppError.at('MODEL_UNKNOWN', '/description/modelHash', `${model} is not published in this version.`);
  for (const [variable, { codeList }] of Object.entries(grain))
    if (codeLists[codeList] === undefined)
      throw AppError.at('CODE_UNKNOWN', `/description/grain/${variable}`, `${codeList} is not published.`);
}
