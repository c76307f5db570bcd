/** The broker's own audit log, and the logs of others that it carries. */
import type { LogFault } from '@revier/connector-sdk';
import type { CheckpointStep, ExportLine } from '@revier/schema';
import type { EntryToLog, OwnCheckpoint } from '@revier/service-kit';

/** What the log says of a change, in its transaction; `at` in milliseconds since the epoch. */
export interface ToldAt {
  readonly entry: EntryToLog;
  readonly at: number;
}

/** The broker's own audit log, beyond what the stores enter with their changes. */
export interface BrokerLog {
  readonly origin: string;
  /** In a transaction of its own. */
  append(entry: EntryToLog): Promise<void>;
  /** In one transaction, unless the first of them was entered before: its snapshots say so. */
  appendOnce(entries: readonly EntryToLog[]): Promise<void>;
  /** The newest checkpoint, signed now when the log has grown; undefined while it is empty. */
  checkpoint(): Promise<OwnCheckpoint | undefined>;
  stepFrom(latest: OwnCheckpoint, from: number): Promise<CheckpointStep>;
  /** @param line verified */
  keepCosignature(size: number, witness: string, line: string): Promise<void>;
  fault(origin: string, fault: LogFault, note: string): Promise<void>;
  export(): AsyncGenerator<ExportLine>;
  /** Entries from one place on, in their order, each with the snapshots that are wanted of it. */
  after(
    index: number,
    wants: (entry: string) => readonly string[],
  ): AsyncGenerator<{
    readonly index: number;
    readonly entry: string;
    readonly snapshots: ReadonlyMap<string, string>;
  }>;
}

/** Checkpoints and cosignatures of every log, verified when they came. */
export interface CarriedLogs {
  /** `cosigned`: by that witness, at that size. */
  sizes(
    witness: string,
  ): Promise<readonly { readonly origin: string; readonly size: number; readonly cosigned: boolean }[]>;
  latest(origin: string): Promise<CheckpointStep | undefined>;
  /** Oldest first, a hundred at most. */
  steps(origin: string, after: number): Promise<readonly CheckpointStep[]>;
  at(origin: string, size: number): Promise<CheckpointStep | undefined>;
  put(origin: string, size: number, step: CheckpointStep): Promise<void>;
  putCosignature(cosignature: { origin: string; size: number; witness: string; line: string }): Promise<void>;
  /** Newest first, a hundred at most. */
  cosignatures(origin: string): Promise<readonly { readonly size: number; readonly line: string }[]>;
}
