/** The gate: signatures, audience, freshness, replay, plan; unknown bytes become a verified task, or leave. */
import { assertTrustInForce, openCompact, queryDigest, resolver, verifyQuery } from '@revier/connector-sdk';
import {
  type CoveredAreas,
  contentHash,
  coveredAreas,
  type OpenPart,
  type Plan,
  type PlanTask,
  planQuestion,
  type Vocabulary,
} from '@revier/core';
import { type CompactJws, type Envelope, Task } from '@revier/schema';
import type { Bodies, Book, HeldDataset, Self, TaskIdentity, Vocabularies } from '../ports.ts';
import { verifyEvidence } from './evidence.ts';
import { Refusal, refusing } from './refusal.ts';

export interface GateDeps {
  readonly self: Self;
  readonly datasets: ReadonlyMap<string, HeldDataset>;
  readonly vocabularies: Vocabularies;
  readonly bodies: Bodies;
  readonly book: Pick<Book, 'earlier'>;
}

/** Who asks this node for which table. */
export interface PlannedFacts extends KnownSubmission {
  readonly vocabulary: Vocabulary;
  readonly plan: Plan;
  /** What the plan asks of this node. */
  readonly own: PlanTask;
  readonly held: HeldDataset;
}

export interface VerifiedFacts extends PlannedFacts {
  readonly task: Task;
  /** Open tables that travelled here, verified. */
  readonly parts: readonly OpenPart[];
  readonly covered: CoveredAreas | null;
}

/** Only the gate makes one: its class does not leave this file. */
class VerifiedTask {
  readonly #facts: VerifiedFacts;

  constructor(facts: VerifiedFacts) {
    this.#facts = facts;
  }

  static open(task: VerifiedTask): VerifiedFacts {
    return task.#facts;
  }
}

export type { VerifiedTask };

/** For the guard alone. */
export const openVerifiedTask = VerifiedTask.open;

/** Seconds: tolerated difference of clocks, and how long a task may stay valid. */
const SKEW = 120;
const LONGEST_TASK = 3600;

/** @throws AppError for bytes that the broker has not signed: such a message has no sender, and gets no receipt. */
export async function openTask(jws: string, { trust, broker, now }: Self): Promise<Task> {
  assertTrustInForce(trust, { now: new Date(now()) });
  const resolve = resolver(trust, { role: 'broker', participant: broker });
  return (await openCompact(jws, 'revier-task+jws', Task, resolve)).payload;
}

/** Who asks what, established from the researcher's own signature; whatever the broker says about it must agree. */
export interface KnownSubmission {
  readonly identity: TaskIdentity;
  readonly envelope: Envelope;
  /** Organisation that vouches for the researcher. */
  readonly dataUser: string;
  readonly roles: readonly string[];
  readonly person: string;
}

/**
 * @param query what came beside the task; nothing of it is read unless it is the text that the task names.
 * @throws Refusal WRONG_AUDIENCE, WRONG_REALM, EXPIRED, CREDENTIAL_INVALID, SIGNATURE_INVALID
 */
export async function verifySubmission(task: Task, query: CompactJws, self: Self): Promise<KnownSubmission> {
  const { participant, realm, broker, trust, now } = self;
  if (queryDigest(query) !== task.query)
    throw Refusal.because('SIGNATURE_INVALID', '/query', 'The query is not the one that the task names.');
  if (task.aud !== participant || task.iss !== broker)
    throw Refusal.because('WRONG_AUDIENCE', '/aud', 'This task is not from our broker to us.');
  if (task.realm !== realm) throw Refusal.because('WRONG_REALM', '/realm', 'Test and production never mix.');
  assertFresh(task, Math.floor(now() / 1000));
  const verified = await refusing('SIGNATURE_INVALID', '', () =>
    verifyQuery(
      { query, credential: task.credential },
      { trust, realm, audience: broker, now: new Date(now()), skewSeconds: SKEW },
    ),
  );
  if (verified.submissionId !== task.submissionId)
    throw Refusal.because('SIGNATURE_INVALID', '/submissionId', 'The task names another submission than the query.');
  return {
    identity: identityOf(task),
    envelope: verified.envelope,
    dataUser: verified.credential.iss,
    roles: verified.credential.roles,
    person: verified.person,
  };
}

/** Written so that what is not a number, which compares false with everything, fails closed. */
function assertFresh({ iat, exp }: Task, now: number): void {
  if (!(iat <= now + SKEW && now < exp + SKEW && iat < exp && exp - iat <= LONGEST_TASK))
    throw Refusal.because('EXPIRED', '/exp', 'The task has expired or is not valid yet; two minutes are tolerated.');
}

/** A task delivered again differs in time and attempt only, and in the step of a secure sum. */
function identityOf({ attempt, iat: _iat, sum: _sum, ...task }: Task): TaskIdentity {
  const { taskId, submissionId, dataset, stage } = task;
  return { taskId, identity: contentHash(task), submissionId, dataset, stage, attempt };
}

/** A dry run never becomes a verified task: nothing of it can be read, answered or charged. */
export async function verifyTask(
  task: Task,
  submission: KnownSubmission,
  deps: GateDeps,
  signal: AbortSignal,
): Promise<VerifiedTask> {
  if (submission.envelope.dryRun === true)
    throw Refusal.because('QUESTION_INVALID', '/dryRun', 'A dry run is assessed and never answered.');
  const planned = await planOwn(task, submission, deps, signal);
  const { plan, own, vocabulary } = planned;
  const parts = await verifyEvidence({ task, plan, self: deps.self, bodies: deps.bodies, signal });
  const covered = await refusing('EVIDENCE_INVALID', '/evidence', () => coverageOf(own, plan, vocabulary, parts));
  return new VerifiedTask({ task, ...planned, parts, covered });
}

/** The plan is our own, from question and catalogue version; nothing of it is taken on the broker's word. */
export async function planOwn(
  task: Task,
  submission: KnownSubmission,
  { self, vocabularies, datasets }: Omit<GateDeps, 'bodies' | 'book'>,
  signal: AbortSignal,
): Promise<PlannedFacts> {
  const { envelope } = submission;
  const vocabulary = await refusing('CATALOGUE_UNKNOWN', '/catalogue', () =>
    vocabularies.open(envelope.catalogue, signal),
  );
  assertLookups(envelope, vocabulary);
  const plan = await refusing('QUESTION_INVALID', '/question', () => planQuestion(envelope.question, vocabulary));
  const own = plan.tasks.find(
    ({ stage, holder, dataset }) => stage === task.stage && holder === self.participant && dataset.id === task.dataset,
  );
  const held = datasets.get(task.dataset);
  if (own === undefined || held === undefined)
    throw Refusal.because(
      'QUESTION_INVALID',
      '/question',
      'The plan of this question asks nothing of this dataset in this stage.',
    );
  if (contentHash(own.dataset) !== held.hash)
    throw Refusal.because(
      'CATALOGUE_UNKNOWN',
      '/catalogue',
      'The dataset has been described anew since; fetch the catalogue and sign again.',
    );
  return { ...submission, vocabulary, plan, own, held };
}

function assertLookups({ lookups }: Envelope, { catalogue }: Vocabulary): void {
  for (const [name, hash] of Object.entries(lookups))
    if (catalogue.lookups[name] !== hash)
      throw Refusal.because(
        'CATALOGUE_UNKNOWN',
        `/lookups/${name}`,
        'The catalogue has another version of this lookup.',
      );
}

/** Nothing covered would stick as the first answer of the epoch, and say nothing: so it is refused. */
function coverageOf(
  own: PlanTask,
  plan: Plan,
  vocabulary: Vocabulary,
  parts: readonly OpenPart[],
): CoveredAreas | null {
  if (own.table.coverage.length === 0) return null;
  const covered = coveredAreas(plan, vocabulary, parts);
  if (parts.length === 0 || covered?.areas.size === 0)
    throw Refusal.because(
      'EVIDENCE_INVALID',
      '/evidence',
      'No area is covered by the populations that travelled here.',
    );
  return covered;
}
