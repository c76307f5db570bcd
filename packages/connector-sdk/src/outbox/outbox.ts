/** The outbox port: signed messages stay here until the broker has acknowledged them, whatever falls over in between. */
import type { CompactJws } from '@revier/schema';

interface Message {
  /** Chosen by whoever puts it; the same id is the same message. */
  readonly id: string;
  readonly taskId: string;
}

export interface ReceiptMessage extends Message {
  readonly kind: 'receipt';
  readonly receipt: CompactJws;
}

export interface ReleaseMessage extends Message {
  readonly kind: 'release';
  /** `revier-release+jws`. */
  readonly header: CompactJws;
  /** CBOR. */
  readonly body: Uint8Array;
}

/** Mode F: the member opens its self mask. */
export interface OpeningMessage extends Message {
  readonly kind: 'opening';
  /** `revier-opening+jws`. */
  readonly opening: CompactJws;
}

export type OutboxItem = ReceiptMessage | ReleaseMessage | OpeningMessage;

/** Adapters are durable: what `put` has resolved for outlives the process (contract suite `outbox.case.ts`). */
export interface Outbox {
  /** Putting an id a second time changes nothing. */
  put(item: OutboxItem): Promise<void>;
  /** What is not done, in the order it was put; `done` may be called for an item while this runs. */
  pending(): AsyncIterable<OutboxItem>;
  /** Forgets the message; one that is not there is fine. */
  done(id: string): Promise<void>;
}

/** What sending needs. A holder whose records fill the outbox in their own transactions leaves nobody else a way to put anything in. */
export type Outgoing = Pick<Outbox, 'pending' | 'done'>;
