/** The loom and its signature: releases become one answer, written once. */
import { decodeRelease, type MemberRelease, type Together, togetherPart } from '@revier/connector-sdk';
import {
  type Absence,
  canonicalText,
  contentHash,
  digest,
  type Merged,
  type MergeInput,
  mergeAnswer,
  type Vocabulary,
} from '@revier/core';
import { type Answer, AppError, type CompactJws, type ResultStatement, type Sha256 } from '@revier/schema';
import { composeAnswer, isPending, refusalOf } from '../answer/compose-answer.ts';
import type { Broker } from '../ports.ts';
import type { QueryRecord, TaskRecord } from '../query-ports.ts';
import { type KnownPlan, planOf } from './plan-of.ts';
import { withheld } from './withhold.ts';

/** False when somebody else has answered meanwhile. */
export async function answerQuery(broker: Broker, ended: QueryRecord): Promise<boolean> {
  const query = await withheld(broker, ended);
  const vocabulary = await broker.vocabulary(query.envelope.catalogue);
  const plan = await planOf(broker, query.envelope);
  const parts = await partsOf(broker, query, plan);
  const together = await togetherOf(broker, query, plan, vocabulary);
  if (together !== undefined) parts.push(together.part);
  const answered = broker.now();
  const merged = merge(broker, query, { plan, vocabulary, parts, absent: absentOf(query) });
  const secureSum = together?.note;
  const answer = composeAnswer({ query, plan, vocabulary, merged, answered, secureSum });
  const result = await signResult(broker, query, answer);
  const { outcome } = query.progress;
  return broker.queries.addAnswer(query.queryId, { answer: canonicalText(answer), result, outcome }, answered);
}

type Part = MergeInput['parts'][number];

/** Nothing is opened of those that answer together unless all of them have. */
async function togetherOf(
  broker: Broker,
  query: QueryRecord,
  plan: KnownPlan,
  vocabulary: Vocabulary,
): Promise<Together | undefined> {
  const tasks = query.progress.tasks.filter(({ mode }) => mode === 'F');
  const released = tasks.flatMap(({ dataset, release }) => (release ? [{ dataset, header: release.header }] : []));
  if (tasks.length === 0 || released.length < tasks.length) return undefined;
  const hashes = released.map(({ header }) => header.body);
  const [bodies, seeds] = await Promise.all([broker.queries.bodies(hashes), broker.sums.seeds(hashes)]);
  const members = released.map(({ dataset, header }): MemberRelease => {
    const [task, bytes] = [plan.byDataset.get(dataset), bodies.get(header.body)];
    if (task === undefined || bytes === undefined) throw new AppError('INTERNAL');
    return { task, header, bytes, seed: seeds.get(header.body) };
  });
  try {
    return togetherPart(members, vocabulary);
  } catch (error) {
    broker.logger.error({ queryId: query.queryId, err: error }, 'a secure sum could not be opened');
    return undefined;
  }
}

async function partsOf(broker: Broker, query: QueryRecord, plan: KnownPlan): Promise<Part[]> {
  const releases = query.progress.tasks.flatMap(({ dataset, mode, release }) =>
    release && mode !== 'F' ? [{ dataset, release }] : [],
  );
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
    progress.tasks.flatMap((task) => (task.status === 'released' ? [] : [[task.dataset, wordFor(task)] as const])),
  );

function wordFor(task: TaskRecord): Absence {
  if (task.status === 'refused') return 'refused';
  return task.status === 'missed' && !isPending(task) ? 'offline' : 'pending';
}

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
