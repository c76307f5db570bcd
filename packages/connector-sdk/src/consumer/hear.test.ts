/** The consumer's state machine, every state against every word of the holder: what may be said moves it, nothing else does. */
import { agreementOf, contentHash, negotiate } from '@revier/core';
import { type Agreement, NegotiationState } from '@revier/schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { signHalf } from '../negotiation/halves.ts';
import { agreed, offer, pids, samples } from '../negotiation/messages.case.ts';
import { NOW, type World, world } from '../signatures/actors.case.ts';
import { type HeardWord, hear, hearStatus } from './hear.ts';
import type { NegotiationRecord } from './records.ts';

let w: World;
let half: Awaited<ReturnType<typeof signHalf>>;
beforeAll(async () => {
  w = await world();
  half = await signHalf(agreed(w), w.holder.signer);
});

const record = (over: Partial<NegotiationRecord> = {}): NegotiationRecord => ({
  ...{ holder: w.holder.id, dataset: offer(w).target, ...pids, state: 'REQUESTED' as const },
  ...{ since: '2026-03-01T10:00:00.000Z', requested: '2026-03-01T10:00:00.000Z', offer: offer(w), proposed: null },
  ...{ agreement: null, heard: [], statuses: [], duties: [], ended: null, withdrawn: false, notes: [] },
  ...over,
});

const heard = (word: HeardWord['word'], over: Partial<HeardWord> = {}): HeardWord => {
  const { offer: offered, agreement, finalized, termination } = samples(w);
  const message = { offer: offered, agree: agreement, finalize: finalized, terminate: termination }[word as 'offer'];
  return { id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479', word, message, half, now: NOW, ...over };
};
const asking = { acceptLimits: false };
const words = ['offer', 'agree', 'finalize', 'terminate'] as const;

describe('a word of the holder', () => {
  it.each(NegotiationState.options.flatMap((state) => words.map((word) => [state, word] as const)))(
    'in %s: %s moves it exactly as the protocol says',
    (state, word) => {
      const proposed = state === 'OFFERED' || state === 'ACCEPTED' ? offer(w) : null;
      const before = record({ state, proposed });
      const next = negotiate(state, word, 'provider');
      const { record: after, intent } = hear(before, heard(word), asking);
      expect(after.state).toBe(next ?? state);
      if (next !== null) return;
      expect(intent).toBeUndefined();
      expect({ ...after, heard: [], notes: [] }).toEqual(before);
      expect(after.notes).toHaveLength(1);
    },
  );

  it('counts once', () => {
    const once = hear(record(), heard('offer'), asking).record;
    expect(hear(once, heard('offer'), { acceptLimits: true })).toEqual({ record: once, intent: undefined });
  });

  it('of another negotiation is noted and no more', () => {
    const other = record({ providerPid: 'urn:uuid:00000000-0000-4000-8000-000000000000' });
    expect(hear(other, heard('terminate'), asking).record).toMatchObject({ state: 'REQUESTED', ended: null });
  });

  it('is answered by an end when it is needed no more', () => {
    const { intent } = hear(record({ withdrawn: true, providerPid: null }), heard('agree'), asking);
    expect(intent).toMatchObject({ say: 'terminate', code: 'WITHDRAWN' });
  });
});

describe('an agreement', () => {
  const agree = (over: Partial<Agreement>, more: Partial<HeardWord> = {}, before = record()) => {
    const message = { ...samples(w).agreement, agreement: { ...agreed(w), ...over } } as HeardWord['message'];
    return hear(before, heard('agree', { message, ...more }), asking);
  };

  it('that is what was requested is verified', () => {
    expect(agree({})).toMatchObject({
      intent: { say: 'verify' },
      record: { agreement: { hash: contentHash(agreed(w)) } },
    });
  });

  it('may have another name, and the holder’s legal assessment', () => {
    const assessment = {
      ...{ norm: 'lkrg-nrw:P23' as const, holderTask: 'Registry', recipientBasis: 'Research' },
      ...{ assessedBy: w.holder.id, assessedAt: '2026-03-01T11:00:00Z' },
    };
    const named = agree({ '@id': 'urn:uuid:00000000-0000-4000-8000-000000000009', 'rv:legalAssessment': assessment });
    expect(named.intent).toEqual({ say: 'verify' });
  });

  it.each<[string, () => ReturnType<typeof agree>]>([
    ['other terms', () => agree({ 'rv:legalBasis': 'another' })],
    ['another data user', () => agree({ assignee: w.otherUniversity.id })],
    ['a date before the request', () => agree({ timestamp: '2026-02-01T00:00:00Z' })],
    ['a date to come', () => agree({ timestamp: '2026-03-02T00:00:00Z' })],
    ['no signature of the holder', () => agree({}, { half: undefined })],
    [
      'what was requested, after something else was accepted',
      () => agree({}, {}, record({ state: 'ACCEPTED', proposed: { ...offer(w), 'rv:permitRef': 'another' } })),
    ],
  ])('with %s is ended, and nothing is signed', (_what, attempt) => {
    const { intent, record: after } = attempt();
    expect(intent).toMatchObject({ say: 'terminate', code: 'AGREEMENT_DIFFERS' });
    expect(after.agreement).toBeNull();
  });

  it('is named alike by both sides', () => {
    const again = agreementOf(offer(w), { assignee: w.university.id, timestamp: agreed(w).timestamp });
    expect(contentHash(again)).toBe(contentHash(agreed(w)));
  });
});

describe('a status', () => {
  it('counts once, from the holder, about this agreement', () => {
    const { record: verified } = hear(record(), heard('agree'), asking);
    const statement = {
      ...{ kind: 'agreement-status' as const, agreement: contentHash(agreed(w)), seq: 1, status: 'ACTIVE' as const },
      ...{ by: w.holder.id, realm: 'test' as const, at: '2026-03-01T12:00:00Z' },
    };
    const told = hearStatus(hearStatus(verified, statement), statement);
    expect(told.statuses).toEqual([statement]);
    expect(hearStatus(verified, { ...statement, by: w.broker.id }).statuses).toEqual([]);
    expect(hearStatus(verified, { ...statement, agreement: contentHash('other') }).statuses).toEqual([]);
  });
});
