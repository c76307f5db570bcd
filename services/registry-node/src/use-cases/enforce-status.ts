/** What a person at the holder states about an agreement, and what follows from it at once: nothing more is read, nothing more leaves. */
import { statusFaults } from '@revier/core';
import { AppError, type CompactJws, type Sha256, type StatusRequest, samePerson } from '@revier/schema';
import type { Logger } from '@revier/service-kit';
import type { Accounts, AgreementStanding, Changes, SignedStatus } from '../policy-ports.ts';
import type { People } from '../ports.ts';
import { dutiesIn } from '../rooms/agreement-terms.ts';
import { type LedgerDeps, refuseDropped } from '../rooms/ledger.ts';
import { Refusal } from '../rooms/refusal.ts';
import type { UnderWay } from '../rooms/under-way.ts';
import { type IncidentDeps, withdrawAll } from './incident.ts';
import { resumeAgreement } from './resume-agreement.ts';
import { type StatingDeps, stateStatus } from './state-status.ts';

export interface EnforceDeps extends StatingDeps, LedgerDeps, IncidentDeps {
  readonly accounts: Pick<Accounts, 'dropReleases' | 'dueNow'>;
  readonly underWay: UnderWay;
  readonly people: Pick<People, 'roll'>;
  readonly keptBack: Pick<Changes, 'emit'>;
}

export interface Enforced {
  readonly statement: CompactJws;
  readonly cancelled: number;
  readonly dropped: number;
  readonly withdrawn: number;
  readonly withdrawals: readonly CompactJws[];
}

export type OnePersonsWord = Exclude<StatusRequest, { status: 'ACTIVE' }>;

/**
 * One enrolled person suffices. Once the statement stands no release can be entered any more; budgets stay spent.
 * @throws AppError FORBIDDEN for who is not enrolled, NOT_FOUND, STATUS_NOT_POSSIBLE
 */
export async function stateByOne(
  hash: Sha256,
  word: OnePersonsWord,
  deps: EnforceDeps,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<Enforced> {
  const standing = await deps.agreements.standing(hash);
  if (standing === undefined) throw new AppError('NOT_FOUND', { detail: 'No such agreement was concluded here.' });
  await assertEnrolled(word.by, deps);
  const stated = await statedBy(standing, word, deps);
  const reasons = statusFaults(word.status, false, true);
  const versions = await lineageOf(standing, deps);
  const ended = [...versions].map((version) => deps.underWay.end(version, new Refusal(reasons)));
  const dropped = await deps.accounts.dropReleases(hash);
  await refuseDropped(dropped, reasons, deps);
  deps.keptBack.emit(hash);
  const { stored } = standing;
  if (word.status === 'REVOKED') {
    const deletions = dutiesIn(stored.agreement).filter(({ action }) => /delet/i.test(action));
    const due = deletions.map((duty) => duty['@id']);
    await deps.accounts.dueNow(stored.lineage, due, deps.self.now());
  }
  const isWithdrawn = word.status === 'REVOKED' && !word.keepResults;
  const { releases, statements } = isWithdrawn
    ? await withdrawAll({ lineage: versions }, word.reason, deps, { logger, signal })
    : { releases: 0, statements: [] };
  return {
    statement: stated.jws,
    ...{
      cancelled: ended.reduce((sum, one) => sum + one, 0),
      dropped: dropped.length,
      withdrawn: releases,
      withdrawals: statements,
    },
  };
}

/** By one person, or, to resume, by two. */
export async function stateAtNode(
  hash: Sha256,
  request: StatusRequest,
  deps: EnforceDeps,
  how: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<{ -readonly [Key in keyof Omit<Enforced, 'withdrawals'>]: Enforced[Key] } & { withdrawals: CompactJws[] }> {
  if (request.status !== 'ACTIVE') {
    const { withdrawals, ...done } = await stateByOne(hash, request, deps, how);
    return { ...done, withdrawals: [...withdrawals] };
  }
  const { jws } = await resumeAgreement(hash, request.signed, deps);
  return { statement: jws, cancelled: 0, dropped: 0, withdrawn: 0, withdrawals: [] };
}

/** Whoever is enrolled has a key here; before anybody is, nobody else could say it either. */
async function assertEnrolled(name: string, { people }: Pick<EnforceDeps, 'people'>): Promise<void> {
  const { people: enrolled } = await people.roll();
  if (enrolled.length === 0 || enrolled.some((one) => samePerson(one.name) === samePerson(name))) return;
  throw new AppError('FORBIDDEN', { detail: 'Nobody of this name is enrolled at the node.' });
}

/** A suspension that came from a stop becomes one of its own: the start after the stop does not take it back. */
async function statedBy(
  { stored: { hash }, life, cause }: AgreementStanding,
  { status, reason, by }: OnePersonsWord,
  deps: EnforceDeps,
): Promise<Pick<SignedStatus, 'jws'>> {
  if (status !== 'SUSPENDED' || life.status !== 'SUSPENDED' || cause === null)
    return stateStatus(hash, status, { reason, person: by }, deps);
  const facts = { agreement: hash, seq: life.seq, status, reason, cause: null };
  await deps.agreements.keepSuspended(hash, { decision: 'agreement-status', codes: [], facts, person: by });
  const jws = (await deps.agreements.statuses(hash)).at(-1)?.jws;
  if (jws === undefined) throw new AppError('INTERNAL');
  return { jws };
}

/** Every version: what was delivered under an earlier one was delivered under the same agreement. */
async function lineageOf(
  { stored }: AgreementStanding,
  { agreements }: Pick<EnforceDeps, 'agreements'>,
): Promise<ReadonlySet<Sha256>> {
  const all = await agreements.list();
  return new Set(all.filter((one) => one.stored.lineage === stored.lineage).map((one) => one.stored.hash));
}
