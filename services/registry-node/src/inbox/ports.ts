/** What the inbox needs of the records: negotiations, the words of people about them, standing policies, letters; one transaction for each change. */
import {
  Agreement,
  Application,
  type ApprovalRole,
  CompactJws,
  type GeneralJws,
  JwsSignature,
  type KeyId,
  NegotiationState,
  type Opinion,
  ParticipantId,
  Pid,
  PolicyOffer,
  Sha256,
  type StandingPolicy,
  Timestamp,
} from '@revier/schema';
import { z } from 'zod';
import type { AuditEntry } from '../ports.ts';

/** An offer, and the agreement as it would come into force: its hash is what people approve. */
export const Draft = z.strictObject({ offer: PolicyOffer, agreement: Agreement, hash: Sha256 });
export type Draft = z.infer<typeof Draft>;

export const Ending = z.strictObject({ code: z.string(), reason: z.array(z.string()) });
export type Ending = z.infer<typeof Ending>;

/** One negotiation at the provider's side. */
export const Negotiation = z.strictObject({
  id: Pid,
  consumerPid: Pid,
  consumer: ParticipantId,
  state: NegotiationState,
  came: Timestamp,
  /** Null, as is what was asked, where the first request was not valid. */
  application: z.strictObject({ content: Application, signed: CompactJws, hash: Sha256 }).nullable(),
  asked: Draft.nullable(),
  /** Made here, by somebody who then approves it no more; the name as it is compared. */
  limited: z.strictObject({ ...Draft.shape, author: z.string() }).nullable(),
  own: JwsSignature.nullable(),
  theirs: JwsSignature.nullable(),
  ended: Ending.nullable(),
});
export type Negotiation = z.infer<typeof Negotiation>;

/** What is negotiated now. */
export const draftOf = ({ asked, limited }: Negotiation): Draft | null => limited ?? asked;

/** What somebody enrolled has signed about a draft. */
export type Word =
  | (WordBase & { readonly kind: 'approve'; readonly role: ApprovalRole; readonly policy: Sha256 | null })
  | (WordBase & { readonly kind: 'opinion'; readonly opinion: Opinion });

interface WordBase {
  readonly negotiation: Pid;
  readonly draft: Sha256;
  readonly kid: KeyId;
  /** As it is compared. */
  readonly person: string;
  readonly statement: CompactJws | GeneralJws;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
export type ApprovalWord = Extract<Word, { kind: 'approve' }>;

export interface KeptPolicy {
  readonly hash: Sha256;
  readonly policy: StandingPolicy;
  readonly signed: GeneralJws;
  readonly kids: readonly KeyId[];
  /** Milliseconds since the epoch. */
  readonly ended: number | null;
}

export interface LetterOut {
  /** Of the message in it: the same letter is put in once. */
  readonly id: string;
  readonly to: ParticipantId;
  readonly letter: CompactJws;
}

/** What can be seen of negotiations at any time. */
export interface NegotiationReads {
  find(id: Pid): Promise<Negotiation | undefined>;
  /** Also by a draft that is no longer the current one. */
  ofDraft(draft: Sha256): Promise<Negotiation | undefined>;
  /** Oldest first. */
  list(): Promise<readonly Negotiation[]>;
  /** About this very draft, oldest first. */
  words(draft: Sha256): Promise<readonly Word[]>;
  /** In the order in which they were given; ended ones too. */
  policies(): Promise<readonly KeptPolicy[]>;
}

/** Within a transaction. */
export interface Desk extends NegotiationReads {
  ofConsumer(consumer: ParticipantId, consumerPid: Pid): Promise<Negotiation | undefined>;
  save(negotiation: Negotiation): Promise<void>;
  /** False when this person has given this word with this key before. */
  keep(word: Word): Promise<boolean>;
  keepPolicy(policy: KeptPolicy): Promise<void>;
  endPolicy(hash: Sha256, at: number): Promise<void>;
  send(letter: LetterOut): Promise<void>;
  /** False when a message of this id was taken before. */
  take(message: string): Promise<boolean>;
  /** Letters up to this one have been dealt with. */
  advance(seq: number): Promise<void>;
  enter(entry: AuditEntry): Promise<void>;
}

export interface Negotiations extends NegotiationReads {
  /** One transaction, one after the other: all of it or nothing. */
  change<T>(work: (desk: Desk) => Promise<T>): Promise<T>;
  /** Up to which letter everything has been dealt with. */
  cursor(): Promise<number>;
  /** Letters that have not left, oldest first. */
  unsent(): Promise<readonly LetterOut[]>;
  sent(id: string): Promise<void>;
}
