/** What noticing a restore and reconciling after it need of the world; adapters stand in `adapters/`. */
import type { Sha256 } from '@revier/schema';
import type { AuditEntry, HeldDataset } from './ports.ts';

/** What the mark in the folder says of the records. */
export interface Mark {
  /** Which records. */
  readonly place: string;
  /** Entries in the audit log, and the hash that stands for all of them. */
  readonly size: number;
  readonly head: Sha256;
  /** Inode and time of birth of the file; a copy has others. Null where the file system cannot tell. */
  readonly birth: string | null;
}

export interface FolderMark {
  /** `broken` for one that cannot be read: whoever cannot look must not assume. */
  read(): Promise<(Mark & { readonly isCopy: boolean }) | 'missing' | 'broken'>;
  write(mark: Omit<Mark, 'birth'>): Promise<void>;
}

export interface LogHead {
  readonly size: number;
  readonly head: Sha256;
}

export interface LogHeads {
  now(): Promise<LogHead>;
  /** Undefined when the log is shorter. */
  at(size: number): Promise<LogHead['head'] | undefined>;
  /** Commitments in entries whose openings are gone. */
  erased(): Promise<readonly Sha256[]>;
  /** Forgets whom these stand for; returns how many were there. */
  erase(commitments: readonly Sha256[]): Promise<number>;
}

export interface SealedEpoch {
  readonly dataset: string;
  readonly epoch: string;
}

/** More than any limit: spent, where nobody can tell what was. */
export const EVERYTHING = 1_000_000_000_000;

/** What was spent under a lineage of agreements. */
export interface Charged {
  readonly lineage: Sha256;
  readonly cells: number;
  readonly questions: number;
}

export interface ToReconcile {
  /** Null where nobody can tell: nothing is left of any limit. */
  readonly charges: readonly Charged[] | null;
  readonly revoked: readonly Sha256[];
  readonly coverage: readonly { dataset: string; epoch: string; table: Sha256; digest: Sha256 }[];
  readonly sealed: readonly SealedEpoch[];
  readonly audit: AuditEntry;
}

export interface Restores {
  place(): Promise<string | undefined>;
  newPlace(): Promise<string>;
  /** What a stop after a restore knows of the log. */
  remember(stop: Sha256, knownSize: number | null): Promise<void>;
  /** The most that the stops that hold know, null when one of them does not; undefined when none waits to be reconciled. */
  known(): Promise<number | null | undefined>;
  /** How long the log is known to have been at restores before; 0 without any. */
  accepted(): Promise<number>;
  reconcile(what: ToReconcile): Promise<{ readonly charged: number; readonly exhausted: number }>;
  charges(): Promise<readonly Charged[]>;
  isSealed(epoch: SealedEpoch): Promise<boolean>;
  revoked(): Promise<readonly Sha256[]>;
  coverage(datasets: Iterable<HeldDataset>): Promise<ToReconcile['coverage']>;
}
