/** The loom and its signature: releases become one answer, written once. */
import { decodeRelease } from '@revier/connector-sdk';
import { canonicalText, contentHash, digest, type Merged, type MergeInput, mergeAnswer } from '@revier/core';
import { type Answer, AppError, type CompactJws, type ResultStatement, type Sha256 } from '@revier/schema';
import { composeAnswer, refusalOf } from '../answer/compose-answer.ts';
import type { Broker, QueryRecord } from '../ports.ts';
import { type KnownPlan, planOf } from './plan-of.ts';
import { withheld } from './withhold.ts';

/** False when somebody else has answered meanwhile. */
export async function answerQuery(broker: Broker, ended: QueryRecord): Promise<boolean> {
  const query = await withheld(broker, ended);
  const vocabulary = await broker.vocabulary(query.envelope.catalogue);
  const plan = await planOf(broker, query.envelope);
  const input: MergeInput = { plan, vocabulary, parts: await partsOf(broker, query, plan), absent: absentOf(query) };
  const answered = broker.now();
  const merged = merge(broker, query, input);
  const answer = composeAnswer({ query, plan, vocabulary, merged, answered });
  const result = await signResult(broker, query, answer);
  const { outcome } = query.progress;
  return broker.queries.addAnswer(query.queryId, { answer: canonicalText(answer), result, outcome }, answered);
}

async function partsOf(broker: Broker, query: QueryRecord, plan: KnownPlan): Promise<MergeInput['parts']> {
  const releases = query.progress.tasks.flatMap(({ dataset, release }) => (release ? [{ dataset, release }] : []));
  const bodies = await broker.queries.bodies(releases.map(({ release }) => release.header.body));
  return releases.map(({ dataset, release: { header } }) => {
    const task = plan.byDataset.get(dataset);
    const bytes = bodies.get(header.body);
    if (task === undefined || bytes === undefined) throw new AppError('INTERNAL');
    const body = decodeRelease(bytes, { bytes: header.bytes, sha256: header.body });
    return { task, body, perturbation: header.perturbation };
  });
}

const absentOf = ({ progress }: QueryRecord): MergeInput['absent'] =>
  new Map(
    progress.tasks.flatMap(({ dataset, status }) => {
      if (status === 'released') return [];
      return [[dataset, status === 'refused' ? 'refused' : status === 'missed' ? 'offline' : 'pending'] as const];
    }),
  );

/**
 * Releases were checked against their tables when they came. Should they still not merge, they never will: the merge is
 * a pure function, so the answer says that it failed instead of being tried for ever.
 */
function merge({ logger }: Broker, { queryId }: QueryRecord, input: MergeInput): Merged | null {
  try {
    return mergeAnswer(input);
  } catch (error) {
    logger.error({ queryId, err: error }, 'releases could not be merged');
    return null;
  }
}

/** Anybody can check from it which signed parts the answer stands on. */
function signResult(broker: Broker, query: QueryRecord, answer: Answer): Promise<CompactJws> {
  const { tasks } = query.progress;
  const refusals = tasks.map(refusalOf).filter((receipt) => receipt !== null);
  const statement: ResultStatement = {
    queryId: query.queryId,
    submissionId: query.submissionId,
    questionHash: query.questionHash,
    answer: contentHash(answer),
    releases: digestsOf(tasks.flatMap(({ release }) => (release ? [release.jws] : []))),
    refusals: digestsOf(refusals),
  };
  return broker.signer.sign('revier-result+jws', statement);
}

const digestsOf = (signed: readonly CompactJws[]): Sha256[] => signed.map((jws) => digest(Buffer.from(jws))).sort();
