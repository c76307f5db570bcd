/** What the use-cases need to know of secure sums. The broker sees masked words and, in the end, opened seeds: never a single holder's figure. */
import type { SumCourse } from '@revier/core';
import type { ParticipantId, Sha256 } from '@revier/schema';

export interface SumNamed {
  readonly queryId: string;
  /** Digest of table, datasets and epochs: sums over the same cells go one after the other. */
  readonly cells: Sha256;
  readonly members: readonly ParticipantId[];
}

export interface SumStore {
  /** One step at a time; begun when it is not there yet. Whom to ask next is written down with it. */
  step(
    of: SumNamed,
    decide: (course: SumCourse, mayBegin: boolean) => SumCourse,
    now: number,
  ): Promise<{ readonly before: SumCourse; readonly course: SumCourse }>;
  course(queryId: string): Promise<SumCourse | undefined>;
  keepBody(hash: Sha256, bytes: Uint8Array): Promise<void>;
  /** Opened seeds, by the masked bodies that they open. */
  seeds(bodies: readonly Sha256[]): Promise<ReadonlyMap<string, string>>;
}
