/** A dry run put together: the assessment of each holder beside the receipt that it was signed in. Pure. */
import type { Vocabulary } from '@revier/core';
import { type CompactJws, DryRunResult, type HolderAssessment, Receipt } from '@revier/schema';
import type { QueryRecord, TaskRecord } from '../query-ports.ts';

export function composeDryRun(query: QueryRecord, vocabulary: Vocabulary): DryRunResult {
  const { queryId, submissionId, questionHash, envelope, progress } = query;
  const holders = progress.tasks.map((task) => holderOf(task, vocabulary));
  const assessed = holders.filter(({ status }) => status === 'assessed').length;
  return DryRunResult.parse({
    dryRun: true,
    queryId,
    submissionId,
    questionHash,
    realm: envelope.realm,
    register: envelope.question.register,
    catalogue: envelope.catalogue,
    state: assessed === holders.length ? 'complete' : assessed > 0 ? 'partial' : 'failed',
    holders,
    asked: new Date(query.asked).toISOString(),
  });
}

function holderOf({ holder, dataset, status, receipt, reasons }: TaskRecord, vocabulary: Vocabulary): HolderAssessment {
  const name = vocabulary.datasets.find(({ id }) => id === dataset)?.holderName ?? holder;
  const known = { holder, name, dataset };
  if (receipt === null || (status !== 'assessed' && status !== 'refused'))
    return { ...known, status: 'offline', reasons: [] };
  const said = saidIn(receipt);
  return said.decision === 'assessed'
    ? { ...known, status: 'assessed', assessment: said.assessment, reasons: [], receipt }
    : { ...known, status: 'refused', reasons: [...reasons], receipt };
}

/** Verified when it came. */
const saidIn = (receipt: CompactJws): Receipt =>
  Receipt.parse(JSON.parse(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString('utf8')));
