/** A member of a secure sum by script: real keys, masks and signatures over invented counts, and room to say something else. */
import {
  encodeMasked,
  makeSeed,
  makeSumSecret,
  maskPart,
  type SumRoster,
  type SumSecret,
  seedCommitment,
} from '@revier/connector-sdk';
import {
  contentHash,
  digest,
  discloseTogether,
  type NoisedWords,
  prepareTable,
  SUM_VARIANCE,
  unverified,
  type Vocabulary,
} from '@revier/core';
import { type MaskedBody, type Opening, Receipt, type ReleaseHeader, type SumPart } from '@revier/schema';
import { BROKER, type Federation } from './data-space.case.ts';
import type { NodeRelease, NodeTask, ScriptedNode } from './scripted-node.case.ts';

export interface Masked extends NodeRelease {
  readonly seed: string;
  readonly parts: MaskedBody;
  readonly sum: SumPart;
}

export interface MemberOptions {
  readonly federation: Federation;
  readonly id: string;
  readonly node: ScriptedNode;
  readonly vocabulary: Vocabulary;
  /** Patients in each cell, in order. */
  readonly counts: readonly number[];
}

const seconds = (): number => Math.floor(Date.now() / 1000);

export function scriptedMember({ federation, id, node, vocabulary, counts }: MemberOptions) {
  const { signer } = federation.member(id);
  const secrets = new Map<string, SumSecret>();
  const said = ({ task: { taskId, submissionId } }: NodeTask) => ({
    ...{ taskId, submissionId, iss: id, aud: BROKER, realm: 'test' as const, iat: seconds() },
  });
  return {
    id,
    node,
    /** Accepts, with a key for the attempt. */
    async offer(open: NodeTask): Promise<void> {
      const { taskId, sum, attempt } = open.task;
      const secret = makeSumSecret();
      secrets.set(`${taskId} ${sum?.attempt}`, secret);
      const receipt: Receipt = {
        ...{ ...said(open), attempt, decision: 'accepted', agreement: open.agreement },
        ...{ table: open.planned.tableHash, sum: { attempt: sum?.attempt ?? 0, key: secret.x } },
      };
      await node.client().sendReceipt(taskId, await signer.sign('revier-receipt+jws', receipt));
    },
    mask(open: NodeTask): Masked {
      const secret = secrets.get(`${open.task.taskId} ${open.task.sum?.attempt}`);
      if (secret === undefined) throw new Error('Nothing was accepted.');
      const [roster, seed] = [rosterOf(open), makeSeed()];
      const masked = maskPart(noisedOf(open, vocabulary, counts), { member: id, secret, seed, roster });
      const parts: MaskedBody = { format: 'revier-masked/1', table: open.planned.tableHash, ...masked };
      const { submission, attempt, digest: ofRoster, keys } = roster;
      const sum: SumPart = {
        ...{ submission, attempt, roster: ofRoster, members: [...keys.keys()].sort() },
        ...{ seed: seedCommitment(seed), variance: SUM_VARIANCE },
      };
      return { ...released(open, said(open), { parts, sum }), parts, sum, seed };
    },
    /** The same part with something else in it. */
    altered: (open: NodeTask, { parts, sum }: Masked, change: Partial<MaskedBody>, ofSum: Partial<SumPart> = {}) =>
      released(open, said(open), { parts: { ...parts, ...change }, sum: { ...sum, ...ofSum } }),
    async open(open: NodeTask, { sum, seed }: Masked, change: Partial<Opening> = {}): Promise<void> {
      const opening: Opening = {
        ...{ ...said(open), attempt: sum.attempt, roster: sum.roster, seed, shares: {}, ...change },
      };
      await node.client().sendOpening(open.task.taskId, await signer.sign('revier-opening+jws', opening));
    },
  };
}

export type ScriptedMember = ReturnType<typeof scriptedMember>;

function rosterOf({ task: { submissionId, sum } }: NodeTask): SumRoster {
  if (sum?.step !== 'roster') throw new Error('Nobody has shown a roster.');
  const receipts = sum.receipts.map((jws) => Receipt.parse(unverified(jws)));
  const keys = receipts.flatMap((one) =>
    one.decision === 'accepted' && one.sum ? [[one.iss, one.sum.key] as const] : [],
  );
  const ofReceipts = contentHash(sum.receipts.toSorted());
  return { submission: submissionId, attempt: sum.attempt, digest: ofReceipts, keys: new Map(keys) };
}

/** Without noise, so that a test can add up. */
function noisedOf({ planned }: NodeTask, vocabulary: Vocabulary, counts: readonly number[]): NoisedWords {
  const { domain } = prepareTable(planned, vocabulary, null);
  const keys = domain.map((codes) => Uint32Array.from(codes));
  const own = domain.length === 0 ? [counts.reduce((sum, one) => sum + one, 0)] : counts;
  const value = Float64Array.from(own);
  const measure = { kind: 'count' as const, keys, value, persons: value, recordKeys: Uint32Array.from(own) };
  const { table, tableHash } = planned;
  const raw = { measures: [measure], atoms: null };
  return discloseTogether({ table, tableHash, model: planned.model, domain, raw, rates: new Map() }, () => 0n);
}

function released(
  { planned, questionHash, agreement }: NodeTask,
  said: Pick<ReleaseHeader, 'taskId' | 'submissionId' | 'iss' | 'aud' | 'realm' | 'iat'>,
  { parts, sum }: { readonly parts: MaskedBody; readonly sum: SumPart },
): NodeRelease {
  const body = encodeMasked(parts);
  const { synthetic, id: dataset, epoch, asOf } = planned.dataset;
  const header: ReleaseHeader = {
    ...{ ...said, questionHash, synthetic, dataset, epoch, asOf, agreement, table: planned.tableHash },
    ...{ mode: 'F', minCellSize: 10, sum, body: digest(body), bytes: body.length },
  };
  return { header, body };
}
