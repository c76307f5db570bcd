/** What the use-cases need from outside, and nothing of how it is done. Instants are milliseconds since the epoch. */

import type { Signer, TrustKeeper } from '@revier/connector-sdk';
import type { Vocabulary } from '@revier/core';
import type { CompactJws, ParticipantId, Realm, Sha256, Withdrawal } from '@revier/schema';
import type { CrashPoint, Logger } from '@revier/service-kit';
import type { Decide } from './access/decide.ts';
import type { CatalogueStore } from './catalogue-ports.ts';
import type { CrashLabel } from './crash-labels.ts';
import type { Letters } from './letter-ports.ts';
import type { Limits } from './limits.ts';
import type { LogIns, ProofStore } from './log-in-ports.ts';
import type { BrokerLog, CarriedLogs } from './log-ports.ts';
import type { Observer } from './observer.ts';
import type { Office } from './office-ports.ts';
import type { QueryStore } from './query-ports.ts';
import type { Statuses } from './status-ports.ts';
import type { SumStore } from './sum-ports.ts';

/** Wakes whoever waits, in this process and in every other one on the same records. */
export interface Wakes {
  wake(topic: string): Promise<void>;
  /** The same for whoever may hear a little later: many wakes in a short time become one, and one may get lost. */
  wakeSoon(topic: string): void;
  /** `fn` is called when something may have happened. */
  on(topic: string, fn: () => void): () => void;
}

/** Something will look at the query at that time, or soon after. Not a place where anything is kept. */
export interface Reminders {
  remind(queryId: string, at: number): Promise<void>;
}

/** What holders have withdrawn, verified when it came. */
export interface Withdrawals {
  put(withdrawal: Withdrawal, statement: CompactJws): Promise<void>;
  of(submission: Sha256): Promise<readonly CompactJws[]>;
}

export interface Broker {
  readonly participant: ParticipantId;
  readonly realm: Realm;
  readonly signer: Signer;
  /** The newest trust list: it changes while the broker runs. */
  readonly trust: TrustKeeper;
  readonly office: Office;
  readonly queries: QueryStore;
  readonly sums: SumStore;
  readonly catalogues: CatalogueStore;
  readonly log: BrokerLog;
  readonly carried: CarriedLogs;
  readonly withdrawals: Withdrawals;
  readonly statuses: Statuses;
  readonly letters: Letters;
  readonly wakes: Wakes;
  readonly logIns: LogIns;
  readonly proofs: ProofStore;
  readonly decide: Decide;
  readonly reminders: Reminders;
  readonly logger: Logger;
  readonly limits: Limits;
  /** After so long a task that its node has said nothing about is offered again. */
  readonly redeliverSeconds: number;
  readonly observer: Observer;
  readonly crashPoint: CrashPoint<CrashLabel>;
  now(): number;
  /** A catalogue version, opened. @throws AppError CATALOGUE_UNKNOWN */
  vocabulary(hash: Sha256): Promise<Vocabulary>;
}
