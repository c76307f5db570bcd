/** What each table of a draft is to the evaluator: planned here, by the catalogue that the application names. */
import { contentHash, policyRequest, type RequestOf, type Vocabulary } from '@revier/core';
import { type Agreement, AppError, type Table } from '@revier/schema';
import type { HeldDataset } from '../ports.ts';
import type { Negotiation } from './ports.ts';
import type { InboxDeps } from './room.ts';

export async function requestsFor(
  negotiation: Negotiation,
  agreement: Agreement,
  deps: InboxDeps,
  signal: AbortSignal,
): Promise<RequestOf> {
  const { vocabulary, held } = await contextOf(negotiation, agreement, deps, signal);
  return requestIn(agreement, vocabulary, held);
}

/** @throws AppError NOT_FOUND when the dataset is no longer held; what opening the catalogue throws */
export async function contextOf(
  { application }: Pick<Negotiation, 'application'>,
  agreement: Agreement,
  { vocabularies, datasets }: InboxDeps,
  signal: AbortSignal,
): Promise<{ vocabulary: Vocabulary; held: HeldDataset }> {
  const held = datasets.get(agreement.target);
  if (held === undefined || application === null) throw new AppError('NOT_FOUND');
  return { vocabulary: await vocabularies.open(application.content.catalogue, signal), held };
}

const requestIn =
  (agreement: Agreement, vocabulary: Vocabulary, { description: dataset }: HeldDataset): RequestOf =>
  (table: Table) => {
    const model = vocabulary.model(table.model);
    if (model === undefined) throw new AppError('MODEL_UNKNOWN', { detail: `The catalogue has no ${table.model}.` });
    const task = { stage: 0, holder: dataset.holder, dataset, model, table, tableHash: contentHash(table) };
    return policyRequest(task, vocabulary, {
      agreement: contentHash(agreement),
      dataUser: agreement.assignee,
      realm: agreement['rv:realm'],
      register: agreement['rv:register'],
      ...{ purposes: [], action: 'rv:aggregate', attestation: 'user', cells: 0, minCellSize: null },
    });
  };
