/** Explanations, views, replay, and the small reckonings that decisions stand on. */
import { smallVocabulary } from '@revier/testkit';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../query/canonical.ts';
import { planQuestion } from '../query/plan-question.ts';
import { canonicalQuestion } from '../query/question.ts';
import { admitAgreement, openAgreement } from './admit-agreement.ts';
import { duplicateKey } from './duplicate-keys.ts';
import { addDuration } from './durations.ts';
import { EVALUATOR_VERSION, evaluate } from './evaluate.ts';
import { decisionBytes, replay, snapshotOf } from './replay.ts';
import { policyRequest } from './request-facts.ts';
import { base, decide, inputOf, request, state } from './testing/base.case.ts';
import { auditorView, researcherView } from './views.ts';

describe('an explanation', () => {
  it('shows each constraint with its place, what was expected and what was there', () => {
    const decision = decide({ request: { filterVariables: ['site'] } });
    expect(decision).toMatchObject({
      decision: 'deny',
      codes: ['VARIABLE_NOT_AGREED'],
      evaluatorVersion: EVALUATOR_VERSION,
    });
    expect(decision.agreementHash).toBe(contentHash(base));
    expect(decision.rules[0]?.constraints[4]).toEqual({
      pointer: '/permission/0/constraint/4',
      leftOperand: 'rv:filterVariable',
      operator: 'isPartOf',
      expected: ['sex', 'diagnosisYear'],
      actual: ['site'],
      satisfactionState: 'unsatisfied',
    });
  });

  it('tells the auditor everything, and the researcher nothing that data, books or people decide', () => {
    const decision = decide({ state: { ledger: { ...state.ledger, microRho: { spent: 31_337, cost: 1 } } } });
    expect(JSON.stringify(auditorView(decision))).toMatch(/31337.*steward anna/);
    const shown = JSON.stringify(researcherView(decision));
    expect(shown).not.toMatch(/31337|anna|stateHash/);
    expect(shown).toMatch(/kreis/);
  });

  it('does not differ for the researcher where only hidden facts differ', () => {
    const views = [1, 2].map((spent) =>
      researcherView(decide({ state: { ledger: { ...state.ledger, microRho: { spent, cost: 1 } } } })),
    );
    expect(views[0]).toEqual(views[1]);
  });

  it('is replayed to the same bytes, by the evaluator that made it, and by no other', () => {
    const input = inputOf({ request: { purposes: ['ehds:ImproveHealthcare'] } });
    const kept = snapshotOf(input);
    expect(decisionBytes(replay(kept))).toEqual(decisionBytes(evaluate(input)));
    expect(() => replay({ ...kept, evaluatorVersion: 'revier-evaluator/1' })).toThrow('another version');
    expect(() => replay({ ...kept, extra: 1 })).toThrow('no snapshot');
  });

  it('changes its hash with every fact', () => {
    const hashes = [
      decide(),
      decide({ checkpoint: 'P2' }),
      decide({ state: { now: 1 } }),
      decide({ floor: { minCellSize: 6 } }),
      decide({ request: { cells: 1 } }),
    ].map(({ stateHash }) => stateHash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('denies where the clock does not tell the time', () => {
    expect(decide({ state: { now: Number.NaN } }).codes).toEqual(['NOT_IN_FORCE']);
    expect(decide({ state: { now: null } })).toEqual(decide({ state: { now: Number.NaN } }));
  });
});

describe('admission', () => {
  it('freezes what it admits and leaves the document of the caller as it is', () => {
    const document = structuredClone(base);
    const { agreement, hash } = openAgreement(document);
    expect(Object.isFrozen(agreement.permission[0]?.constraint[0])).toBe(true);
    expect(Object.isFrozen(document.permission)).toBe(false);
    expect(openAgreement(agreement)).toEqual({ agreement, hash });
    expect(() => Object.assign(agreement, { target: 'x' })).toThrow();
  });

  it('is not fooled by a changed copy of what was admitted', () => {
    const admitted = admitAgreement(base);
    expect(() => admitAgreement({ ...admitted, conflict: 'perm' })).toThrow();
  });

  it.each([
    ['{"a":1,"a":2}', '/a'],
    ['{"a":[{"b":1},{"b":1,"c":{"d/e":1,"d~e":2,"d/e":3}}]}', '/a/1/c/d~1e'],
    ['{"a":"\\"b\\":1,","b":{"a":1}}', null],
    ['{"\\u0061":1,"a":2}', '/a'],
    ['[[1,2],{"x":{}},{"x":[]}]', null],
  ])('finds the key that stands twice in %s', (text, pointer) => {
    expect(duplicateKey(text)).toBe(pointer);
  });
});

describe('durations', () => {
  it.each([
    ['2026-01-31T10:00:00Z', 'P1M', '2026-02-28T10:00:00.000Z'],
    ['2024-01-31T00:00:00Z', 'P1M', '2024-02-29T00:00:00.000Z'],
    ['2024-02-29T00:00:00Z', 'P1Y', '2025-02-28T00:00:00.000Z'],
    ['2026-11-15T23:59:59Z', 'P18M', '2028-05-15T23:59:59.000Z'],
    ['2026-12-28T00:00:00Z', 'P7D', '2027-01-04T00:00:00.000Z'],
    ['2026-12-28T00:00:00Z', 'P2W', '2027-01-11T00:00:00.000Z'],
    ['2025-10-31T00:00:00Z', 'P1Y1M1D', '2026-12-01T00:00:00.000Z'],
  ])('%s and %s is %s', (from, duration, to) => {
    expect(new Date(addDuration(Date.parse(from), duration)).toISOString()).toBe(to);
  });
});

describe('the request of a planned table', () => {
  const vocabulary = smallVocabulary();
  const requestOf = (by: object[], where: object[]) => {
    const question = canonicalQuestion({
      register: 'urn:revier:register:small',
      purpose: 'ehds:PublicHealthSurveillance',
      aggregates: { cases: { model: 'cancer-case/1', count: 'persons', where } },
      by,
    } as Parameters<typeof canonicalQuestion>[0]); // the test writes terms of two shapes in one list
    const [task] = planQuestion(question, vocabulary).tasks;
    if (task === undefined) throw new Error('the registry is asked');
    return policyRequest(task, vocabulary, { ...request, cells: 1 });
  };
  const levelsOf = (by: object[], where: object[]) =>
    requestOf(by, where).grains.map(({ variable, level }) => `${variable} ${level}`);

  it('names measures, groupings and conditions, and what they stand on', () => {
    const asked = requestOf([{ variable: 'area', level: 'city' }], [{ variable: 'sex', in: ['F'] }]);
    expect(asked).toMatchObject({
      measures: ['count'],
      groupVariables: ['area'],
      filterVariables: ['sex'],
      dimensions: 1,
      mode: 'L',
    });
    expect(asked.versions.dataModels).toEqual({ 'cancer-case/1': vocabulary.catalogue.dataModels['cancer-case/1'] });
  });

  it('takes a condition for as fine as the coarsest level that it takes whole', () => {
    expect(levelsOf([], [{ variable: 'area', in: ['A'] }])).toEqual(['area city']);
    expect(levelsOf([], [{ variable: 'area', in: ['A-1', 'A-2'] }])).toEqual(['area city']);
    expect(levelsOf([], [{ variable: 'area', in: ['A', 'B-1'] }])).toEqual(['area district']);
  });

  it('takes a lookup for as fine as the level that it starts from', () => {
    expect(levelsOf([{ variable: 'area', lookup: 'deprivation-2' }], [])).toEqual(['area district']);
  });

  it('takes the finer of grouping and condition alike', () => {
    expect(levelsOf([{ variable: 'area', level: 'city' }], [{ variable: 'area', in: ['B-2'] }])).toEqual([
      'area city',
      'area district',
    ]);
  });
});
