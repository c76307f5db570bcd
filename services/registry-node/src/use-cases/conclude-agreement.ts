/** Concluding: an agreement that both sides have signed comes into force, and ends the version that it replaces. */
import { trustOf, verifyAgreement } from '@revier/connector-sdk';
import { type AgreementLife, admitAgreement, isLive } from '@revier/core';
import { type Agreement, AppError, type GeneralJws, type Sha256 } from '@revier/schema';
import type {
  Agreements,
  Conclusion,
  KeptApplication,
  StatusToEnter,
  StoredAgreement,
  StoredApproval,
} from '../policy-ports.ts';
import type { AuditEntry, HeldDataset, Self } from '../ports.ts';
import { signStatus } from '../rooms/status-statement.ts';

export interface AgreementDeps {
  readonly self: Self;
  readonly datasets: ReadonlyMap<string, HeldDataset>;
  readonly agreements: Agreements;
  /** Told afterwards. */
  readonly changed: (agreement: Sha256) => void;
}

export interface ConcludedBy {
  /** Pseudonym of who has written the application; null when it was given as a file. */
  readonly author: string | null;
  /** Verified, and counted by the caller: whether they suffice is decided again with every question. */
  readonly approvals: readonly StoredApproval[];
  /** Verified by the caller. */
  readonly application?: KeptApplication | undefined;
}

/**
 * Idempotent: what was concluded before stays as it was, also if it is over by now.
 * @throws AppError POLICY_INVALID with a pointer; what `verifyAgreement` throws
 */
export async function concludeAgreement(
  signed: GeneralJws,
  by: ConcludedBy,
  deps: AgreementDeps,
): Promise<StoredAgreement> {
  const { agreement, hash } = await verified(signed, deps);
  for (;;) {
    const conclusion = await conclusionOf({ agreement, hash, signed }, by, deps);
    const done = conclusion === undefined ? 'known' : await deps.agreements.conclude(conclusion);
    // Somebody has stated something about the version before: what follows it has to be signed anew.
    if (done === 'moved') continue;
    const stored = await deps.agreements.find(hash);
    if (stored === undefined)
      throw new AppError('INTERNAL', { detail: 'An agreement was concluded and is not there.' });
    if (done === 'concluded')
      for (const one of [hash, agreement['rv:replaces']]) if (one !== undefined) deps.changed(one);
    return stored;
  }
}

async function verified(signed: GeneralJws, { self, datasets }: AgreementDeps) {
  // Without a timestamp, which may not be there yet at a start: every task asks for it.
  const { agreement, hash } = await verifyAgreement(signed, trustOf(self.trust.list, self.now), new Date(self.now()));
  const admitted = admitAgreement(agreement);
  if (admitted.assigner !== self.participant) throw fault('/assigner', 'The agreement is another holder’s.');
  if (!datasets.has(admitted.target)) throw fault('/target', 'This node does not hold the dataset.');
  return { agreement: admitted, hash };
}

interface Signed {
  readonly agreement: Agreement;
  readonly hash: Sha256;
  readonly signed: GeneralJws;
}

/** Undefined when it was concluded before. */
async function conclusionOf(
  { agreement, hash, signed }: Signed,
  { author, approvals, application = undefined }: ConcludedBy,
  { self, agreements }: AgreementDeps,
): Promise<Conclusion | undefined> {
  const before = await agreements.standing(hash);
  if (before !== undefined && before.life.seq > 0) return undefined;
  const facts = { agreement: hash, register: agreement['rv:register'], dataset: agreement.target };
  const audit: AuditEntry = {
    decision: 'agreement-concluded',
    codes: [],
    facts: {
      ...facts,
      version: agreement['rv:version'],
      replaces: agreement['rv:replaces'] ?? null,
      approvals: approvals.length,
    },
    person: null,
  };
  const active = await signStatus({ agreement: hash, seq: 1, status: 'ACTIVE' }, self);
  return {
    agreement: {
      ...{ hash, agreement, signed, author, approvals, application: application ?? null },
      signedBy: [agreement.assigner, agreement.assignee],
      activatedAt: Date.parse(active.statement.at),
    },
    active: { ...active, cause: null, audit },
    superseding: await supersedingBy({ agreement, hash }, self, agreements),
  };
}

/** What an amendment replaces ends with it; what has ended by itself may be renewed, what was revoked may not. */
async function supersedingBy(
  { agreement, hash }: Omit<Signed, 'signed'>,
  self: Self,
  agreements: Agreements,
): Promise<StatusToEnter | null> {
  const replaced = agreement['rv:replaces'];
  const before = replaced === undefined ? undefined : await agreements.standing(replaced);
  if (replaced === undefined || before === undefined) return null;
  assertContinues(agreement, before.stored.agreement, before.life);
  if (!isLive(before.life)) return null;
  const successor = { agreement: hash, tightening: agreement['rv:tightening'] === true };
  const seq = before.life.seq + 1;
  const signed = await signStatus({ agreement: replaced, seq, status: 'SUPERSEDED', successor }, self);
  const facts = {
    agreement: replaced,
    seq,
    status: 'SUPERSEDED',
    successor: hash,
    tightening: String(successor.tightening),
  };
  return { ...signed, cause: null, audit: { decision: 'agreement-status', codes: [], facts, person: null } };
}

function assertContinues(next: Agreement, before: Agreement, { status }: AgreementLife): void {
  const same = ['assigner', 'assignee', 'target', 'rv:register'] as const;
  const other = same.find((term) => next[term] !== before[term]);
  if (other !== undefined)
    throw fault(`/${other}`, 'An amendment is between the same sides, about the same dataset and register.');
  if (next['rv:version'] !== before['rv:version'] + 1)
    throw fault('/rv:version', 'An amendment is the version after the one that it replaces.');
  if (status === 'REVOKED' || status === 'SUPERSEDED')
    throw fault('/rv:replaces', 'What was revoked, or replaced already, cannot be amended.');
}

const fault = (pointer: string, detail: string): AppError => AppError.at('POLICY_INVALID', pointer, detail);
