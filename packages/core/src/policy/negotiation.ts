/** Negotiation: the states of the Dataspace Protocol 2025-1; an illegal message changes nothing. */
import type { NegotiationState } from '@revier/schema';

export type Side = 'consumer' | 'provider';

/** What can be said; the last word of each is the state that it leads to. */
export const negotiationMessages = ['request', 'offer', 'accept', 'agree', 'verify', 'finalize', 'terminate'] as const;
export type NegotiationMessage = (typeof negotiationMessages)[number];

interface Move {
  readonly by: readonly Side[];
  /** Null: a negotiation begins with it. */
  readonly from: readonly (NegotiationState | null)[];
  readonly to: NegotiationState;
}

const moves: Readonly<Record<NegotiationMessage, Move>> = {
  request: { by: ['consumer'], from: [null, 'OFFERED'], to: 'REQUESTED' },
  offer: { by: ['provider'], from: [null, 'REQUESTED'], to: 'OFFERED' },
  accept: { by: ['consumer'], from: ['OFFERED'], to: 'ACCEPTED' },
  agree: { by: ['provider'], from: ['REQUESTED', 'ACCEPTED'], to: 'AGREED' },
  verify: { by: ['consumer'], from: ['AGREED'], to: 'VERIFIED' },
  finalize: { by: ['provider'], from: ['VERIFIED'], to: 'FINALIZED' },
  terminate: {
    by: ['consumer', 'provider'],
    from: ['REQUESTED', 'OFFERED', 'ACCEPTED', 'AGREED', 'VERIFIED'],
    to: 'TERMINATED',
  },
};

/** The next state, or null where this side may not say this now; null as a state is "not begun". */
export function negotiate(
  state: NegotiationState | null,
  message: NegotiationMessage,
  by: Side,
): NegotiationState | null {
  const move = moves[message];
  return move.by.includes(by) && move.from.includes(state) ? move.to : null;
}

export const isFinal = (state: NegotiationState): boolean => state === 'FINALIZED' || state === 'TERMINATED';
