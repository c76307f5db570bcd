/** Two evaluators, one answer: random agreements and requests, decided here and by the same rules compiled to Cedar. */
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import type { Agreement, Floor } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAgreement } from './admit-agreement.ts';
import { evaluateBy } from './evaluate.ts';
import { type Judge, judgeConstraint } from './operands.ts';
import type { PolicyInput } from './snapshot.ts';
import { cedarOf } from './testing/cedar-policy.case.ts';
import { cedarCall } from './testing/cedar-request.case.ts';
import { facts, policies } from './testing/random-policies.case.ts';

const PAIRS = Number(process.env.REVIER_CEDAR_PAIRS ?? 100_000);
const PER_POLICY = 50;

interface Tally {
  pairs: number;
  allowed: number;
  /** The first pair on which the two differ. */
  difference: {
    readonly ours: string;
    readonly cedar: string;
    readonly input: PolicyInput;
    readonly text: string;
  } | null;
}

function cedarDecides(input: PolicyInput, id: string): 'allow' | 'deny' {
  const answer = statefulIsAuthorized(cedarCall(input, id));
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
  // Cedar skips a policy that errs, so an error would hide a difference.
  const [error] = answer.response.diagnostics.errors;
  if (error !== undefined) throw new Error(error.error.message);
  return answer.response.decision;
}

/** Ends at the first difference. */
function compare(judge: Judge, pairs: number, seed: number): Tally {
  const tally: Tally = { pairs: 0, allowed: 0, difference: null };
  const pool = fc.sample(facts, { numRuns: Math.min(pairs, 20_000), seed: seed + 1 });
  for (const { agreement, floor } of fc.sample(policies, { numRuns: Math.ceil(pairs / PER_POLICY), seed })) {
    const text = prepare(agreement, floor);
    const { agreement: opened, hash } = openAgreement(agreement);
    for (let at = 0; at < PER_POLICY && tally.pairs < pairs; at += 1) {
      const make = pool[(tally.pairs * 7919) % pool.length];
      if (make === undefined) throw new Error('the pool is empty');
      const input: PolicyInput = { ...make(hash), agreement: opened, floor };
      const ours = evaluateBy(judge, input).decision;
      const cedar = cedarDecides(input, 'compared');
      tally.pairs += 1;
      if (cedar === 'allow') tally.allowed += 1;
      if (ours !== cedar) return { ...tally, difference: { ours, cedar, input, text } };
    }
  }
  return tally;
}

function prepare(agreement: Agreement, floor: Floor): string {
  const text = cedarOf(agreement, floor);
  const parsed = preparsePolicySet('compared', { staticPolicies: text });
  if (parsed.type === 'failure') throw new Error(`${parsed.errors.map(({ message }) => message).join('; ')}\n${text}`);
  return text;
}

const LONG = 900_000;

describe('the evaluator and Cedar', () => {
  it(
    `agree on ${PAIRS} random pairs, of which many are allowed and many denied`,
    () => {
      const seed = Date.now() % 2 ** 31;
      const began = performance.now();
      const tally = compare(judgeConstraint, PAIRS, seed);
      process.stdout.write(
        `compared with Cedar: ${tally.pairs} pairs, ${tally.allowed} allowed, ${Math.round(performance.now() - began)} ms, seed ${seed}\n`,
      );
      expect(tally.difference, `seed ${seed}`).toBeNull();
      expect(tally.pairs).toBe(PAIRS);
      expect(tally.allowed).toBeGreaterThan(PAIRS / 20);
      expect(tally.allowed).toBeLessThan(PAIRS - PAIRS / 20);
    },
    LONG,
  );

  const mistakes: readonly [string, Judge][] = [
    [
      'an end that is inclusive',
      (constraint, of) => {
        const { leftOperand, operator, rightOperand } = constraint;
        const isEnd = leftOperand === 'odrl:dateTime' && operator === 'lt' && of.state.now === Date.parse(rightOperand);
        return isEnd ? { state: 'satisfied', actual: null } : judgeConstraint(constraint, of);
      },
    ],
    [
      'a budget that forgets what this query costs',
      (constraint, of) => {
        const { cells, microRho } = of.state.ledger;
        const free = { cells: cells && { ...cells, cost: 0 }, microRho: microRho && { ...microRho, cost: 0 } };
        return judgeConstraint(constraint, {
          ...of,
          state: { ...of.state, ledger: { ...of.state.ledger, ...free } },
        });
      },
    ],
    [
      'one fitting purpose of two',
      (constraint, of) =>
        constraint.leftOperand === 'rv:purpose'
          ? judgeConstraint(constraint, { ...of, kind: 'prohibition' })
          : judgeConstraint(constraint, of),
    ],
    [
      'one fitting variable of several',
      (constraint, of) =>
        constraint.leftOperand === 'rv:groupVariable'
          ? judgeConstraint({ ...constraint, operator: 'isAnyOf' }, of)
          : judgeConstraint(constraint, of),
    ],
    [
      'grains compared the wrong way round',
      (constraint, of) => {
        const verdict = judgeConstraint(constraint, of);
        if (constraint.leftOperand !== 'rv:spatialResolution') return verdict;
        return verdict.state === 'satisfied'
          ? { ...verdict, state: 'unsatisfied' }
          : { ...verdict, state: 'satisfied' };
      },
    ],
    [
      'one person for two approvals',
      (constraint, of) => {
        if (constraint.leftOperand !== 'rv:approval') return judgeConstraint(constraint, of);
        const approvals = of.state.approvals.map((one, at) =>
          one.person === of.state.agreement.author ? one : { ...one, person: `${at}` },
        );
        return judgeConstraint(constraint, { ...of, state: { ...of.state, approvals } });
      },
    ],
  ];

  it.each(mistakes)(
    'differ, and are seen to, when one rule is wrong: %s',
    (_, wrong) => {
      expect(compare(wrong, 20_000, 20261).difference).not.toBeNull();
    },
    LONG,
  );
});
