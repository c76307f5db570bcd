/** Post between participants, and what of a negotiation is public. */

import type { LetterKind, NegotiationSide, NegotiationWord, VerifiedApplication } from '@revier/connector-sdk';
import type {
  CompactJws,
  DatasetId,
  LetterList,
  NegotiationState,
  ParticipantId,
  RegisterId,
  Sha256,
} from '@revier/schema';
import type { EntryToLog } from '@revier/service-kit';
import type { ToldAt } from './log-ports.ts';

export interface CarriedLetter {
  /** Digest of the text. */
  readonly hash: Sha256;
  readonly from: ParticipantId;
  readonly to: ParticipantId;
  readonly kind: LetterKind;
  readonly jws: CompactJws;
}

/** What of a letter stands in the broker's log for everybody. */
export interface PublicWords {
  readonly facts: EntryToLog['facts'];
  readonly snapshots?: EntryToLog['snapshots'];
}

/** What a negotiation letter says in public: that somebody has come one step further, and nothing of the terms. */
export interface NegotiationStep {
  readonly dataUser: ParticipantId;
  readonly holder: ParticipantId;
  readonly consumerPid: string;
  readonly word: NegotiationWord;
  readonly by: NegotiationSide;
  /** With requests and offers. */
  readonly about: { readonly register: RegisterId; readonly dataset: DatasetId } | undefined;
  /** With the first request; verified. */
  readonly application: VerifiedApplication | undefined;
}

export interface NegotiationStanding {
  readonly register: RegisterId;
  readonly dataUser: ParticipantId;
  readonly holder: ParticipantId;
  readonly dataset: DatasetId;
  readonly state: NegotiationState;
  readonly since: number;
}

/** Post between participants, numbered from 1 for each recipient. */
export interface Letters {
  /** `there` when the recipient was sent the same before; `full` when too many of this sender lie there. Nothing is stored then. */
  put(letter: CarriedLetter, step: NegotiationStep | undefined, told: ToldAt): Promise<'put' | 'there' | 'full'>;
  /** As many as fit one answer, in order. */
  to(recipient: ParticipantId, after: number): Promise<LetterList['letters']>;
  /** Whose register it is, as far as applications say. */
  applicantOf(register: RegisterId): Promise<ParticipantId | undefined>;
  applications(): Promise<readonly VerifiedApplication[]>;
  /** The newest negotiation over each dataset of a register. */
  negotiations(): Promise<readonly NegotiationStanding[]>;
  prune(before: number): Promise<void>;
}
