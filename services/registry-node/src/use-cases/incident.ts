/** An incident: whom a result or a dataset has reached, and the signed word that withdraws it. */
import type { BrokerClient } from '@revier/connector-sdk';
import { AppError, type CompactJws, DatasetId, type Recipient, Sha256, type Withdrawal } from '@revier/schema';
import type { Logger } from '@revier/service-kit';
import type { OwnLog, PastEntry, Self } from '../ports.ts';

export interface IncidentDeps {
  readonly self: Self;
  readonly log: Pick<OwnLog, 'since' | 'enter'>;
  readonly client: Pick<BrokerClient, 'withdraw'>;
}

/** Both given have to fit; neither means everything that ever left. */
export interface Concerned {
  readonly submission?: Sha256 | undefined;
  readonly dataset?: DatasetId | undefined;
  /** Released under one of these agreements. */
  readonly lineage?: ReadonlySet<string> | undefined;
  readonly since: Date;
}

/** The reading is entered into the log itself, with who reads as a commitment. */
export async function recipientsOf(concerned: Concerned, reader: string, { log }: IncidentDeps): Promise<Recipient[]> {
  const found = await releasesOf(concerned, log);
  const { submission = null, dataset = null } = concerned;
  const facts = { about: submission ?? '', dataset, since: concerned.since.toISOString(), found: found.length };
  await log.enter({ decision: 'recipients-read', codes: [], facts, person: reader });
  return found;
}

/** At most so many entries are looked at: a holder that has more narrows the time down. */
const MOST = 1_000_000;

async function releasesOf(
  { submission, dataset, lineage, since }: Concerned,
  log: IncidentDeps['log'],
): Promise<Recipient[]> {
  const entries = await log.since(since, MOST);
  return entries
    .filter(({ decision, facts }) => decision === 'released' && (lineage?.has(String(facts.agreement)) ?? true))
    .map(recipientIn)
    .filter((one) => submission === undefined || one.submission === submission)
    .filter((one) => dataset === undefined || one.dataset === dataset);
}

const text = (fact: string | number | null | undefined): string | null => (typeof fact === 'string' ? fact : null);

function recipientIn({ at, facts, person }: PastEntry): Recipient {
  return {
    at,
    submission: Sha256.parse(facts.submission),
    dataset: DatasetId.parse(facts.dataset),
    ...{ register: text(facts.register), purpose: text(facts.purpose), organisation: text(facts.dataUser) },
    ...{ person, mode: text(facts.mode), body: text(facts.body) },
  };
}

export interface Withdrawn {
  readonly statement: CompactJws;
  readonly releases: number;
  /** False when the broker could not be told: the statement can be handed on by any way. */
  readonly told: boolean;
}

const MOST_AT_ONCE = 1000;

/** Entered before it is told. @throws AppError NOT_FOUND when nothing has left */
export async function withdraw(
  concerned: Concerned,
  reason: string,
  deps: IncidentDeps,
  how: WithdrawHow,
): Promise<Withdrawn> {
  const found = await releasesOf(concerned, deps.log);
  if (found.length === 0) throw new AppError('NOT_FOUND', { detail: 'Nothing of this has left the node.' });
  if (found.length > MOST_AT_ONCE)
    throw new AppError('INVALID_REQUEST', {
      detail: 'These are more than 1,000 releases: withdraw them by query or time.',
    });
  return withdrawFound(found, reason, deps, how);
}

export interface WithdrawHow {
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Everything that ever left under these agreements; nothing at all is no fault here. */
export async function withdrawAll(
  concerned: Pick<Concerned, 'lineage'>,
  reason: string,
  deps: IncidentDeps,
  how: WithdrawHow,
): Promise<{ readonly releases: number; readonly statements: readonly CompactJws[] }> {
  const found = await releasesOf({ ...concerned, since: new Date(0) }, deps.log);
  const statements: CompactJws[] = [];
  for (let from = 0; from < found.length; from += MOST_AT_ONCE)
    statements.push((await withdrawFound(found.slice(from, from + MOST_AT_ONCE), reason, deps, how)).statement);
  return { releases: found.length, statements };
}

async function withdrawFound(
  found: readonly Recipient[],
  reason: string,
  { self, log, client }: IncidentDeps,
  { logger, signal }: WithdrawHow,
): Promise<Withdrawn> {
  const releases = found.map(({ submission, dataset }) => ({ submission, dataset }));
  const { participant: iss, broker: aud, realm, signer, now } = self;
  const iat = Math.floor(now() / 1000);
  const withdrawal: Withdrawal = { kind: 'withdrawal', iss, aud, realm, releases, reason, iat };
  const statement = await signer.sign('revier-withdrawal+jws', withdrawal);
  await log.enter({ decision: 'withdrawn', codes: [], facts: { reason, releases: releases.length }, person: null });
  const told = await client.withdraw(statement, signal).then(
    () => true,
    (error: unknown) => {
      logger.warn({ err: error }, 'the broker could not be told of a withdrawal');
      return false;
    },
  );
  return { statement, releases: releases.length, told };
}
