/** Laws of deciding, over random agreements: whatever makes a policy stricter never turns a denial into an allowance. */
import type { Agreement, Constraint, Prohibition } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import { replay, snapshotOf } from './replay.ts';
import type { PolicyInput } from './snapshot.ts';
import { agreements, inputs, narrowed, prohibition, someConstraint } from './testing/random-policies.case.ts';

const isAllowed = (input: PolicyInput, agreement: unknown = input.agreement): boolean =>
  // The stricter policy is another document: the query names it, and its approvals are over it.
  evaluate(renamed(input, agreement)).decision === 'allow';

const renamed = (input: PolicyInput, agreement: unknown): PolicyInput => inputs.rename(input, agreement);

const never = (
  stricter: (
    agreement: Agreement,
    extra: { constraint: Constraint; prohibition: Prohibition; at: number },
  ) => Agreement,
) =>
  fc.assert(
    fc.property(
      inputs.arbitrary,
      fc.record({ constraint: someConstraint, prohibition: prohibition('#x99'), at: fc.nat(5) }),
      ({ input, agreement }, extra) => {
        const changed = stricter(agreement, extra);
        expect(isAllowed(input, changed) && !isAllowed(input)).toBe(false);
      },
    ),
    { numRuns: 250 },
  );

describe('never allows more', () => {
  it('a prohibition added', () => {
    never((agreement, extra) => ({ ...agreement, prohibition: [...agreement.prohibition, extra.prohibition] }));
  });

  it('a permission removed', () => {
    never((agreement, { at }) => ({
      ...agreement,
      permission: agreement.permission.filter((_, place) => place !== at),
    }));
  });

  it('a constraint added to every permission', () => {
    never((agreement, { constraint }) => ({
      ...agreement,
      permission: agreement.permission.map((rule) => ({ ...rule, constraint: [...rule.constraint, constraint] })),
    }));
  });

  it('a set or a limit of a permission shrunk', () => {
    never((agreement) => ({
      ...agreement,
      permission: agreement.permission.map((rule) => ({ ...rule, constraint: rule.constraint.map(narrowed) })),
    }));
  });

  it('a constraint taken from a prohibition', () => {
    never((agreement, { at }) => ({
      ...agreement,
      prohibition: agreement.prohibition.map((rule) => ({
        ...rule,
        constraint: rule.constraint.filter((_, place) => place !== at),
      })),
    }));
  });

  it('a fact that goes missing', () => {
    const gone: readonly ((input: PolicyInput) => PolicyInput)[] = [
      (input) => ({ ...input, state: { ...input.state, now: null } }),
      (input) => ({ ...input, state: { ...input.state, recipient: { roles: null, sector: null } } }),
      (input) => ({ ...input, state: { ...input.state, ledger: { cells: null, microRho: null, counts: {} } } }),
      (input) => ({ ...input, state: { ...input.state, approvals: [] } }),
      (input) => ({ ...input, state: { ...input.state, agreement: { ...input.state.agreement, signedBy: [] } } }),
      (input) => ({ ...input, state: { ...input.state, roster: null } }),
      (input) => ({ ...input, state: { ...input.state, register: null } }),
      (input) => ({ ...input, state: { ...input.state, duties: [] } }),
    ];
    fc.assert(
      fc.property(inputs.arbitrary, fc.constantFrom(...gone), ({ input }, lose) => {
        expect(isAllowed(lose(input)) && !isAllowed(input)).toBe(false);
      }),
      { numRuns: 250 },
    );
  });
});

describe('whatever the policy', () => {
  it('the order of rules and of constraints decides nothing', () => {
    fc.assert(
      fc.property(inputs.arbitrary, ({ input, agreement }) => {
        const turned = {
          ...agreement,
          permission: agreement.permission
            .map((rule) => ({ ...rule, constraint: rule.constraint.toReversed() }))
            .reverse(),
          prohibition: agreement.prohibition
            .map((rule) => ({ ...rule, constraint: rule.constraint.toReversed() }))
            .reverse(),
        };
        expect(isAllowed(input, turned)).toBe(isAllowed(input));
      }),
      { numRuns: 200 },
    );
  });

  it('a floor raised never allows more, and nothing is released under less than the floor', () => {
    fc.assert(
      fc.property(inputs.arbitrary, fc.nat(40), ({ input }, more) => {
        const higher = {
          ...input,
          floor: { ...input.floor, minCellSize: input.floor.minCellSize + more, maxDimensions: 1 },
        };
        const decision = evaluate(higher);
        expect(decision.decision === 'allow' && !isAllowed(input)).toBe(false);
        if (decision.decision === 'allow' && decision.minCellSize !== null)
          expect(decision.minCellSize).toBeGreaterThanOrEqual(higher.floor.minCellSize);
      }),
      { numRuns: 200 },
    );
  });

  it('nothing is allowed without an active permission, nor beside an active prohibition', () => {
    fc.assert(
      fc.property(inputs.arbitrary, ({ input }) => {
        const { decision, rules } = evaluate(input);
        const active = rules.filter(({ activationState }) => activationState === 'active');
        const fits =
          active.some(({ pointer }) => pointer.startsWith('/permission')) &&
          active.every(({ pointer }) => pointer.startsWith('/permission'));
        expect(decision === 'allow' && !fits).toBe(false);
      }),
      { numRuns: 250 },
    );
  });

  it('the snapshot, written and read again, replays the same bytes', () => {
    fc.assert(
      fc.property(inputs.arbitrary, ({ input }) => {
        const kept: unknown = JSON.parse(JSON.stringify(snapshotOf(input)));
        expect(replay(kept)).toEqual(evaluate(input));
      }),
      { numRuns: 200 },
    );
  });

  it('both answers are common among these, so that the laws are no empty words', () => {
    const sample = fc.sample(inputs.arbitrary, 1000).map(({ input }) => isAllowed(input));
    const allowed = sample.filter(Boolean).length;
    expect(allowed).toBeGreaterThan(150);
    expect(allowed).toBeLessThan(850);
    expect(fc.sample(agreements, 50).some(({ permission }) => permission.length > 1)).toBe(true);
  });
});
