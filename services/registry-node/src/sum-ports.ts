/** What a node remembers of secure sums: its keys of each attempt, what it has masked, and which cells it has opened with whom. */
import type { SumRoster, SumSecret } from '@revier/connector-sdk';
import type { CompactJws, ParticipantId, Sha256, SumPart } from '@revier/schema';
import type { AuditEntry, KeptBody } from './ports.ts';
import type { MaskedAnswer, MaskedBefore } from './rooms/sieve.ts';

export interface MaskedAttempt {
  readonly roster: SumRoster;
  readonly seed: string;
  readonly sum: SumPart;
  readonly header: CompactJws;
  readonly body: KeptBody;
  /** Names of its cells, free of the data epoch. */
  readonly cells: readonly Sha256[];
}

/** One attempt of one task, as this node knows it. */
export interface SumAttempt {
  readonly secret: SumSecret;
  readonly receipt: CompactJws;
  readonly masked: MaskedAttempt | null;
  readonly isOpened: boolean;
}

export interface AttemptName {
  readonly taskId: string;
  readonly attempt: number;
}

export interface AttemptToEnter extends AttemptName {
  readonly secret: SumSecret;
  readonly receipt: CompactJws;
  /** Of the task, in seconds: afterwards its secrets are forgotten. */
  readonly expires: number;
}

export interface CellsOpened {
  readonly dataset: string;
  readonly epoch: string;
  readonly cells: readonly Sha256[];
  readonly members: readonly ParticipantId[];
}

export interface OpeningToEnter extends AttemptName, CellsOpened {
  readonly opening: CompactJws;
}

export interface Sums {
  find(name: AttemptName): Promise<SumAttempt | undefined>;
  /** Once for an attempt; the receipt leaves, now or again. */
  accept(attempt: AttemptToEnter): Promise<void>;
  /**
   * One at a time for a dataset: makes what is to be masked from all that was masked before, and has kept what it masks for the first time when it resolves;
   * nothing has left by then. @throws where what is kept cannot be read
   */
  hold<T extends Pick<MaskedAnswer, 'fresh'>>(dataset: string, make: (before: MaskedBefore) => Promise<T>): Promise<T>;
  /** One transaction: audit entry and masked part; nothing where the attempt was masked before. The part leaves, now or again. */
  mask(name: AttemptName, masked: MaskedAttempt, audit: AuditEntry): Promise<void>;
  /** The opening leaves again; with shares of lost members it is another message. */
  openAgain(name: AttemptName, opening?: CompactJws): Promise<void>;
  /** The sum that kept masked words are a part of. */
  partOf(body: Sha256): Promise<SumPart | undefined>;
  /** Whether one of these cells was opened in this epoch with other members. */
  isOpenedOtherwise(opened: CellsOpened): Promise<boolean>;
}
