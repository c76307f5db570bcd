/** What the room for linked tables needs: the patterns decided before, what else was answered, and where to decide. */
import type { LinkedRelease, Pattern, SystemCounts } from '@revier/core';
import type { Sha256, Table } from '@revier/schema';

/** A data epoch of a dataset. */
export interface PatternEpoch {
  readonly dataset: string;
  readonly epoch: string;
}

export interface KeptPattern {
  readonly table: Table;
  readonly hash: Sha256;
  /** As in the key of the answer. */
  readonly versions: Sha256;
  /** False where it was decided over other areas than populations declare, so that nothing can be linked to it. */
  readonly linkable: boolean;
  readonly shown: Pattern;
}

export interface PatternsOfEpoch {
  readonly patterns: readonly KeptPattern[];
  /** Whether something was answered that there is no pattern of. */
  readonly hasOthers: boolean;
}

export interface Patterns {
  of(epoch: PatternEpoch): Promise<PatternsOfEpoch>;
  /** All or none: false when others were kept since `before` was read. */
  keep(epoch: PatternEpoch, before: PatternsOfEpoch, fresh: readonly KeptPattern[]): Promise<boolean>;
}

/** `protectSystem`, not in the way of what the node must hear meanwhile; rejects when the signal is aborted. */
export type ProtectAside = (counts: SystemCounts, signal: AbortSignal) => Promise<LinkedRelease>;
