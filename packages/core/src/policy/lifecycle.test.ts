/** Life of an agreement: every transition and every non-transition, statements in any order, and what is over stays over. */
import { AgreementStatus, NegotiationState, StatusStatement } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../query/canonical.ts';
import { isOver, lifeOf, mayFollow } from './agreement-life.ts';
import { isFinal, negotiate, negotiationMessages } from './negotiation.ts';

/** The table of the Dataspace Protocol (dsp.md section 1), written by hand. */
const legal = [
  'start request consumer REQUESTED',
  'start offer provider OFFERED',
  'REQUESTED offer provider OFFERED',
  'REQUESTED agree provider AGREED',
  'REQUESTED terminate consumer TERMINATED',
  'REQUESTED terminate provider TERMINATED',
  'OFFERED request consumer REQUESTED',
  'OFFERED accept consumer ACCEPTED',
  'OFFERED terminate consumer TERMINATED',
  'OFFERED terminate provider TERMINATED',
  'ACCEPTED agree provider AGREED',
  'ACCEPTED terminate consumer TERMINATED',
  'ACCEPTED terminate provider TERMINATED',
  'AGREED verify consumer VERIFIED',
  'AGREED terminate consumer TERMINATED',
  'AGREED terminate provider TERMINATED',
  'VERIFIED finalize provider FINALIZED',
  'VERIFIED terminate consumer TERMINATED',
  'VERIFIED terminate provider TERMINATED',
];

describe('a negotiation', () => {
  const tried = [null, ...NegotiationState.options].flatMap((state) =>
    negotiationMessages.flatMap((message) =>
      (['consumer', 'provider'] as const).map((by) => [state, message, by] as const),
    ),
  );

  it.each(tried)('from %s with %s by the %s', (state, message, by) => {
    const words = `${state ?? 'start'} ${message} ${by}`;
    const expected = legal.find((line) => line.startsWith(`${words} `));
    expect(negotiate(state, message, by) ?? undefined).toBe(expected?.split(' ')[3]);
  });

  it('that has ended hears nothing more', () => {
    for (const [state, message, by] of tried)
      if (state !== null && isFinal(state)) expect(negotiate(state, message, by)).toBeNull();
    expect(tried.filter(([state, message, by]) => negotiate(state, message, by) !== null)).toHaveLength(legal.length);
  });
});

const agreement = contentHash('agreement');
const statement = (seq: number, status: AgreementStatus, tightening = false): StatusStatement => ({
  kind: 'agreement-status',
  agreement,
  seq,
  status,
  by: 'did:web:lkr.example',
  realm: 'test',
  at: '2026-01-01T00:00:00Z',
  ...(status === 'SUPERSEDED' ? { successor: { agreement: contentHash('next'), tightening } } : {}),
});

describe('an agreement', () => {
  it.each(AgreementStatus.options.flatMap((from) => AgreementStatus.options.map((to) => [from, to] as const)))(
    'that is %s may become %s, or not',
    (from, to) => {
      const living = from === 'ACTIVE' || from === 'SUSPENDED';
      expect(mayFollow(from, to)).toBe(living && from !== to);
    },
  );

  it('begins active, and in no other way', () => {
    expect(AgreementStatus.options.filter((status) => mayFollow(null, status))).toEqual(['ACTIVE']);
    expect(lifeOf(agreement, [])).toEqual({ status: null, seq: 0, tightened: false });
  });

  it('is what the highest number says, unless it was over before', () => {
    expect(
      lifeOf(agreement, [statement(2, 'SUSPENDED'), statement(3, 'ACTIVE'), statement(1, 'ACTIVE')]),
    ).toMatchObject({
      status: 'ACTIVE',
      seq: 3,
    });
    expect(lifeOf(agreement, [statement(9, 'ACTIVE'), statement(2, 'REVOKED')])).toMatchObject({
      status: 'REVOKED',
      seq: 2,
    });
    expect(lifeOf(agreement, [statement(2, 'SUPERSEDED', true), statement(1, 'ACTIVE')]).tightened).toBe(true);
  });

  it('believes the worse of two statements with one number', () => {
    const two = [statement(4, 'ACTIVE'), statement(4, 'REVOKED')];
    expect(lifeOf(agreement, two).status).toBe('REVOKED');
    expect(lifeOf(agreement, two.toReversed()).status).toBe('REVOKED');
  });

  it('does not hear what is said of others', () => {
    expect(lifeOf(contentHash('another'), [statement(1, 'REVOKED')]).status).toBeNull();
  });

  it('names a successor exactly when it is superseded', () => {
    expect(StatusStatement.safeParse(statement(1, 'SUPERSEDED')).success).toBe(true);
    expect(
      StatusStatement.safeParse({ ...statement(1, 'ACTIVE'), successor: statement(1, 'SUPERSEDED').successor }).success,
    ).toBe(false);
    const { successor: _, ...without } = statement(1, 'SUPERSEDED');
    expect(StatusStatement.safeParse(without).success).toBe(false);
  });

  const statements = fc.array(
    fc.record({
      seq: fc.integer({ min: 1, max: 8 }),
      status: fc.constantFrom(...AgreementStatus.options),
      tightening: fc.boolean(),
    }),
    { maxLength: 8 },
  );

  it('has one life, in whatever order the statements arrive and however often', () => {
    fc.assert(
      fc.property(
        statements.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const of = (some: typeof all) =>
            lifeOf(
              agreement,
              some.map(({ seq, status, tightening }) => statement(seq, status, tightening)),
            );
          expect(of([...shuffled, ...all])).toEqual(of(all));
        },
      ),
    );
  });

  it('never comes back from what is over', () => {
    fc.assert(
      fc.property(statements, fc.integer({ min: 9, max: 99 }), (all, later) => {
        const said = all.map(({ seq, status, tightening }) => statement(seq, status, tightening));
        const life = lifeOf(agreement, said);
        if (life.status !== null && isOver(life.status))
          expect(lifeOf(agreement, [...said, statement(later, 'ACTIVE')])).toEqual(life);
      }),
    );
  });
});
