/** Porch, cloakroom, desk: unknown bytes become a stored query with its tasks, or a problem. */
import { randomUUID } from 'node:crypto';
import { type VerifiedQuery, verifyQuery } from '@revier/connector-sdk';
import { contentHash, isOver, type Plan, statusFaults, type Vocabulary, withReason } from '@revier/core';
import { AppError, DatasetId, ParticipantId, Sha256, type SignedQuery } from '@revier/schema';
import type { PublishedAgreement } from '../catalogue-ports.ts';
import { refusedEntry } from '../log-entries.ts';
import { trailOf } from '../observer.ts';
import type { Broker } from '../ports.ts';
import { halfway, nextLook } from '../progress/advance.ts';
import type { NewQuery, QueryRecord, TaskRecord } from '../query-ports.ts';
import { taskTopic } from '../topics.ts';
import { planOf } from './plan-of.ts';

export interface Submission {
  readonly query: QueryRecord;
  /** Not the same bytes again. */
  readonly isNew: boolean;
  /**
   * Whether whoever submits may wait for the answer: the first one may, and whoever knows the Idempotency-Key of the
   * first. The signed bytes alone prove nothing later, since every node that is asked has seen them.
   */
  readonly mayRead: boolean;
}

export interface SubmitOptions {
  /** The Idempotency-Key. */
  readonly key: string | undefined;
  /** Asked as soon as it is certain who it is; rejects when they have had too much. */
  readonly admit: (person: string, isDryRun: boolean) => Promise<void>;
}

/** @throws AppError as the checks say; each names the place of the fault. */
export async function submitQuery(
  broker: Broker,
  signed: SignedQuery,
  { key, admit }: SubmitOptions,
): Promise<Submission> {
  const { observer, trust, participant: audience, realm } = broker;
  try {
    const now = new Date(broker.now());
    const verified = await observer.step('porch', trailOf, () => verifyQuery(signed, { trust, audience, realm, now }));
    await admit(verified.person, verified.envelope.dryRun === true);
    return await observer.step('desk', trailOf(verified), () => decided(broker, signed, verified, key));
  } catch (error) {
    if (error instanceof AppError) observer.problems.add({ code: error.code });
    throw error;
  }
}

/** What is refused to somebody who is known stands in the log too. */
async function decided(
  broker: Broker,
  signed: SignedQuery,
  verified: VerifiedQuery,
  key: string | undefined,
): Promise<Submission> {
  try {
    return await acceptQuery(broker, signed, verified, key);
  } catch (error) {
    if (error instanceof AppError) await broker.log.append(refusedEntry(verified, error.code));
    throw error;
  }
}

async function acceptQuery(
  broker: Broker,
  signed: SignedQuery,
  verified: VerifiedQuery,
  key: string | undefined,
): Promise<Submission> {
  const signedHash = contentHash(signed);
  const repeated = await findRepeated(broker, { ...verified, signedHash }, key);
  if (repeated !== undefined) return repeated;
  const [agreements] = await Promise.all([agreementsFor(broker, verified), assertRoom(broker, verified.person)]);
  const vocabulary = await broker.vocabulary(verified.envelope.catalogue);
  assertLookups(verified, vocabulary);
  const plan = await planned(broker, verified);
  await assertInForce(broker, verified, agreements);
  const agreed = agreedFor(verified, plan, agreements);
  return store(broker, newQuery(broker, verified, { signed, signedHash, plan, agreed }), key);
}

/** Seconds until somebody whose queries are all under way may try again. */
const BUSY = 10;

/** @throws AppError BROKER_BUSY */
async function assertRoom({ queries, limits }: Broker, person: string): Promise<void> {
  if ((await queries.countUnanswered(person)) < limits.unfinishedQueries) return;
  const detail = 'Too many queries of yours have no answer yet; wait for one, or cancel one.';
  throw new AppError('BROKER_BUSY', { detail, retryAfter: BUSY });
}

/** The planner points into the question; the person has signed an envelope around it. */
async function planned(broker: Broker, { envelope }: VerifiedQuery): Promise<Plan> {
  try {
    return await planOf(broker, envelope);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const errors = error.options.errors?.map((fault) => ({ ...fault, pointer: `/question${fault.pointer}` }));
    throw new AppError(error.code, { ...error.options, ...(errors === undefined ? {} : { errors }), cause: error });
  }
}

/** Exactly the same bytes are the same query again; anything else under its name is refused. */
async function findRepeated(
  broker: Broker,
  { person, submissionId, signedHash: hash }: Pick<NewQuery, 'person' | 'submissionId' | 'signedHash'>,
  key: string | undefined,
): Promise<Submission | undefined> {
  const [keyed, submitted] = await Promise.all([
    key === undefined ? undefined : broker.queries.findKey(person, key),
    broker.queries.findSubmission(submissionId),
  ]);
  if (keyed !== undefined && keyed.signedHash !== hash) throw new AppError('IDEMPOTENCY_CONFLICT');
  if (submitted !== undefined && submitted.signedHash !== hash) throw new AppError('REPLAYED');
  return submitted && { query: submitted, isNew: false, mayRead: keyed !== undefined };
}

/** May this organisation use this register? Whether the query fits an agreement is for each holder to decide. */
async function agreementsFor(
  broker: Broker,
  { envelope, credential }: VerifiedQuery,
): Promise<readonly PublishedAgreement[]> {
  const { register } = envelope.question;
  const agreements = await broker.catalogues.agreements(register);
  if (agreements.length === 0)
    throw AppError.at('REGISTER_UNKNOWN', '/question/register', 'Nobody has published an agreement for it.');
  if (!agreements.some(({ agreement }) => agreement.assignee === credential.iss))
    throw new AppError('FORBIDDEN', { detail: 'The register belongs to another data user.' });
  return agreements.filter(({ agreement }) => agreement.assignee === credential.iss);
}

function assertLookups({ envelope }: VerifiedQuery, { catalogue }: Vocabulary): void {
  const used = envelope.question.by.flatMap((dimension) => ('lookup' in dimension ? [dimension.lookup] : []));
  for (const name of [...used, ...Object.keys(envelope.lookups)]) {
    const hash = envelope.lookups[name];
    if (hash === undefined || hash !== catalogue.lookups[name])
      throw AppError.at('LOOKUP_UNKNOWN', `/lookups/${name}`, 'The catalogue names another version, or none.');
  }
}

/** What a holder has stated about an agreement is heeded at once: its node would refuse the query anyway. */
async function assertInForce(
  { statuses }: Broker,
  { envelope }: VerifiedQuery,
  agreements: readonly PublishedAgreement[],
): Promise<void> {
  const holders = new Map(agreements.map(({ hash, agreement }) => [hash, agreement.assigner]));
  for (const stand of await statuses.of(envelope.agreements)) {
    // Nobody else's word counts; one that is not published any more is refused in any case, and this says why.
    if ((holders.get(stand.agreement) ?? stand.holder) !== stand.holder) continue;
    // A suspension passes, and may be one holder's of many: its node refuses while it lasts, and the answer says so.
    if (stand.life.status === null || !isOver(stand.life.status)) continue;
    const [fault] = statusFaults(stand.life.status, stand.life.tightened, false);
    if (fault === undefined) continue;
    const { hint } = withReason(fault, stand.reason);
    const at = envelope.agreements.indexOf(stand.agreement);
    throw AppError.at('AGREEMENT_NOT_IN_FORCE', `/agreements/${at}`, `${stand.life.status}: ${hint}`.slice(0, 500));
  }
}

/** By dataset: the hash of the agreement under which it is asked. */
type Agreed = ReadonlyMap<string, Sha256>;

/** For each planned task the query must name the very agreement that its holder has published, and no other beside them. */
function agreedFor({ envelope }: VerifiedQuery, { tasks }: Plan, agreements: readonly PublishedAgreement[]): Agreed {
  const planned = new Map(tasks.map(({ dataset, holder }) => [dataset.id, holder]));
  const known = new Map(agreements.map(({ hash, agreement }) => [hash, agreement]));
  const agreed = new Map<string, Sha256>();
  for (const [at, hash] of envelope.agreements.entries()) {
    const agreement = known.get(hash);
    const isPlanned = agreement !== undefined && planned.get(agreement.target) === agreement.assigner;
    if (!isPlanned || agreed.has(agreement.target))
      throw AppError.at('AGREEMENT_MISSING', `/agreements/${at}`, 'Of what is asked, none is known under this hash.');
    agreed.set(agreement.target, hash);
  }
  for (const { holder, dataset } of tasks)
    if (!agreed.has(dataset.id))
      throw AppError.at('AGREEMENT_MISSING', '/agreements', `None of ${holder} over ${dataset.id} is among them.`);
  return agreed;
}

/** Seconds that the clock of the person may be behind ours. */
const SKEW = 120;

/** The person grants a length of time; a clock that is a little behind does not shorten it. */
function deadlineOf({ envelope: { iat, exp } }: VerifiedQuery, now: number): number {
  return Math.min(now + (exp - iat) * 1000, (exp + SKEW) * 1000);
}

interface Accepted {
  readonly signed: SignedQuery;
  readonly signedHash: Sha256;
  readonly plan: Plan;
  readonly agreed: Agreed;
}

function newQuery(broker: Broker, verified: VerifiedQuery, { plan, agreed, ...accepted }: Accepted): NewQuery {
  const asked = broker.now();
  const ends = deadlineOf(verified, asked);
  const holders = new Set(plan.tasks.map(({ holder }) => holder)).size;
  const stages = stagesOf(plan, verified.envelope.dryRun === true);
  const least = verified.envelope.question.holders.least ?? holders;
  if (least > holders)
    throw AppError.at('INVALID_REQUEST', '/question/holders/least', 'Fewer holders than that have fitting data.');
  return {
    queryId: randomUUID(),
    submissionId: verified.submissionId,
    person: verified.person,
    ...accepted,
    envelope: verified.envelope,
    questionHash: plan.questionHash,
    asked,
    ends,
    progress: {
      stage: stages.begun,
      stageEnds: verified.envelope.dryRun === true ? ends : halfway(asked, ends),
      ends,
      least,
      outcome: null,
      tasks: tasksOf(plan, agreed, stages.waiting),
    },
  };
}

/** A dry run needs nothing of an earlier stage: all tasks go out at once. */
function stagesOf({ tasks }: Plan, isDryRun: boolean): { readonly begun: number; readonly waiting: Set<number> } {
  const all = tasks.map(({ stage }) => stage);
  const first = Math.min(...all);
  return isDryRun ? { begun: Math.max(...all), waiting: new Set(all) } : { begun: first, waiting: new Set([first]) };
}

function tasksOf(plan: Plan, agreed: Agreed, waiting: ReadonlySet<number>): TaskRecord[] {
  return plan.tasks.map(({ holder, dataset, stage }) => ({
    taskId: randomUUID(),
    holder: ParticipantId.parse(holder),
    dataset: DatasetId.parse(dataset.id),
    stage,
    mode: dataset.mode,
    agreement: Sha256.parse(agreed.get(dataset.id)),
    status: waiting.has(stage) ? 'waiting' : 'planned',
    attempt: 0,
    release: null,
    receipt: null,
    reasons: [],
  }));
}

async function store(broker: Broker, query: NewQuery, key: string | undefined): Promise<Submission> {
  if (!(await broker.queries.add(query, key))) {
    // Somebody was faster with the same submission or key.
    const repeated = await findRepeated(broker, query, key);
    if (repeated === undefined) throw new AppError('IDEMPOTENCY_CONFLICT');
    return repeated;
  }
  broker.crashPoint('after-query-row');
  const { queryId, progress } = query;
  broker.observer.queries.add({ state: query.envelope.dryRun === true ? 'dry-run' : 'accepted' });
  broker.logger.info({ queryId, tasks: progress.tasks.length }, 'query accepted');
  const reminded = broker.reminders.remind(queryId, nextLook(progress, query.asked));
  const topics = new Set(progress.tasks.map(({ holder }) => taskTopic(holder)));
  await Promise.all([reminded, ...[...topics].map(broker.wakes.wake)]);
  broker.crashPoint('after-reminder');
  return { query: { ...query, answered: false, dryRun: query.envelope.dryRun === true }, isNew: true, mayRead: true };
}
