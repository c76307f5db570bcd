/** The design's decision tests (policy.md 1.5), each by its number, over base B. */
import type { Agreement } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../query/canonical.ts';
import { admitAgreement } from './admit-agreement.ts';
import { evaluate } from './evaluate.ts';
import { charged } from './snapshot.ts';
import {
  approvalsOf,
  base,
  type Change,
  constraints,
  decide,
  floor,
  HOLDER,
  inputOf,
  MICRO_RHO,
  permission,
  prohibitions,
  request,
  state,
  verdictOf,
  withConstraint,
  withExtra,
  withPermission,
} from './testing/base.case.ts';

const at = (time: string) => ({ state: { now: Date.parse(time) } });
const surveillance: Agreement = {
  ...base,
  permission: [
    permission,
    {
      ...permission,
      '@id': '#p2',
      constraint: [
        { leftOperand: 'rv:purpose', operator: 'isA', rightOperand: 'ehds:PublicInterestRelatedToHealth' },
        ...constraints.slice(1),
      ],
    },
  ],
};
const asked = { purposes: ['ehds:PublicHealthSurveillance'] };
const approved = {
  register: state.register && { ...state.register, purposes: ['ehds:PublicInterestRelatedToHealth'] },
};
const account = (spent: number, cost: number) => ({
  state: { ledger: { ...state.ledger, microRho: { spent, cost } } },
});
const four = ['a', 'b', 'c'].map((name) => `did:web:${name}.example`).concat(HOLDER);
const publishing = withPermission({
  duty: [
    {
      '@id': '#d1',
      action: 'rv:publish',
      constraint: [{ leftOperand: 'odrl:elapsedTime', operator: 'lteq', rightOperand: 'P18M' }],
    },
  ],
});
const since = (time: string, doneAt: number | null = null) => ({
  state: { ...at('2026-06-01T00:00:00Z').state, duties: [{ id: '#d1', since: Date.parse(time), doneAt }] },
});
const fineArea = {
  variable: 'area',
  concept: 'area' as const,
  level: 'gemeinde',
  scale: ['gemeinde', 'kreis', 'land'],
};
const { permission: _, ...withoutRules } = base;
const twice = JSON.stringify(base).replace('"conflict":', '"conflict":"perm","conflict":');

const tests: readonly [number, string, Change, readonly string[]][] = [
  [1, 'the exact purpose', {}, ['allow']],
  [
    2,
    'a descendant of the purpose',
    { request: { purposes: ['ehds:TrainTestAndEvaluateHealthAlgorithms'] } },
    ['allow'],
  ],
  [
    3,
    'an ancestor that the tree does not hold',
    { request: { purposes: ['dpv:ResearchAndDevelopment'] } },
    ['PURPOSE_UNKNOWN /purpose', 'PURPOSE /permission/0/constraint/0'],
  ],
  [
    3,
    'an ancestor within the tree',
    {
      agreement: withConstraint(0, {
        leftOperand: 'rv:purpose',
        operator: 'isA',
        rightOperand: 'ehds:TrainTestAndEvaluateHealthAlgorithms',
      }),
    },
    ['PURPOSE /permission/0/constraint/0'],
  ],
  [
    4,
    'surveillance by a commercial recipient',
    {
      agreement: surveillance,
      request: asked,
      state: { ...approved, recipient: { roles: ['researcher'], sector: 'commercial' } },
    },
    ['SECTOR /purpose'],
  ],
  [
    4,
    'surveillance by nobody knows whom',
    { agreement: surveillance, request: asked, state: { ...approved, recipient: { roles: null, sector: null } } },
    ['SECTOR /purpose'],
  ],
  [
    4,
    'surveillance by a public body',
    {
      agreement: surveillance,
      request: asked,
      state: { ...approved, recipient: { roles: ['planner'], sector: 'public-body' } },
    },
    ['allow'],
  ],
  [
    6,
    'an unknown purpose',
    { request: { purposes: ['ehds:Curiosity'] } },
    ['PURPOSE_UNKNOWN /purpose', 'PURPOSE /permission/0/constraint/0'],
  ],
  [
    7,
    'two purposes, one allowed',
    { request: { purposes: ['ehds:HealthcareScientificResearch', 'ehds:ImproveHealthcare'] } },
    ['PURPOSE /register/purpose', 'PURPOSE /permission/0/constraint/0'],
  ],
  [
    9,
    'a filter on a variable that only groups',
    { request: { filterVariables: ['site'] } },
    ['VARIABLE_NOT_AGREED /permission/0/constraint/4'],
  ],
  [
    10,
    'a resolution of municipalities',
    { request: { grains: [fineArea] } },
    ['GRAIN_TOO_FINE /permission/0/constraint/5'],
  ],
  [11, 'the first instant after the end', at('2027-01-01T00:00:00Z'), ['NOT_IN_FORCE /permission/0/constraint/10']],
  [11, 'the last instant before the end', { state: { now: Date.parse('2027-01-01T00:00:00Z') - 1 } }, ['allow']],
  [
    13,
    'an unzoned date',
    {
      agreement: withConstraint(10, {
        leftOperand: 'odrl:dateTime',
        operator: 'lt',
        rightOperand: '2027-01-01T00:00:00',
      }),
    },
    ['POLICY_INVALID /permission/0/constraint/10/rightOperand'],
  ],
  [14, 'k = 5 under a floor of 15', { floor: { minCellSize: 15 }, request: { minCellSize: 5 } }, ['allow']],
  [
    15,
    'a number where a string is due',
    { agreement: withConstraint(1, { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: 10 }) },
    ['POLICY_INVALID /permission/0/constraint/1/rightOperand'],
  ],
  [
    15,
    'an integer that is not canonical',
    { agreement: withConstraint(1, { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: '010' }) },
    ['POLICY_INVALID /permission/0/constraint/1/rightOperand'],
  ],
  [16, 'the last unit of the budget', account(MICRO_RHO - 1, 1), ['allow']],
  [16, 'one unit more', account(MICRO_RHO, 1), ['BUDGET /permission/0/constraint/7']],
  [
    19,
    'a roster of two in mode F',
    {
      checkpoint: 'P3',
      floor: { modes: ['F'] },
      request: { mode: 'F' },
      state: { roster: [HOLDER, 'did:web:a.example'] },
    },
    ['MIN_NODES /permission/0/constraint/6'],
  ],
  [19, 'the same before the roster is known', { floor: { modes: ['F'] }, request: { mode: 'F' } }, ['allow']],
  [
    20,
    'one of four withdraws at the roster',
    {
      agreement: { ...base, 'rv:coMembers': four },
      checkpoint: 'P3',
      floor: { modes: ['F'] },
      request: { mode: 'F' },
      state: { roster: four.slice(1) },
    },
    ['MIN_NODES /rv:coMembers'],
  ],
  [
    20,
    'all four stay',
    {
      agreement: { ...base, 'rv:coMembers': four },
      checkpoint: 'P3',
      floor: { modes: ['F'] },
      request: { mode: 'F' },
      state: { roster: four },
    },
    ['allow'],
  ],
  [
    21,
    'one person in both approval roles',
    { state: { approvals: approvalsOf(base, ['anna', 'anna']) } },
    ['APPROVAL /permission/0/constraint/11'],
  ],
  [
    22,
    'approvals of the version before',
    { state: { approvals: approvalsOf({ ...base, 'rv:version': 2 }) } },
    ['APPROVAL /permission/0/constraint/11'],
  ],
  [
    23,
    'a permission and a bare prohibition of one action',
    { agreement: { ...base, prohibition: [{ '@id': '#x1', action: 'rv:aggregate', constraint: [] }] } },
    ['PROHIBITED /prohibition/0'],
  ],
  [
    25,
    'an unknown left operand',
    { agreement: withConstraint(2, { leftOperand: 'rv:moon', operator: 'eq', rightOperand: 'full' }) },
    ['POLICY_INVALID /permission/0/constraint/2/leftOperand'],
  ],
  [26, 'no permission', { agreement: { ...base, permission: [] } }, ['POLICY_INVALID /permission']],
  [26, 'no rule at all', { agreement: withoutRules }, ['POLICY_INVALID /permission']],
  [27, 'another conflict rule', { agreement: { ...base, conflict: 'perm' } }, ['POLICY_INVALID /conflict']],
  [
    28,
    'use prohibited, aggregates asked for',
    { agreement: { ...base, prohibition: [{ '@id': '#x1', action: 'odrl:use', constraint: [] }] } },
    ['PROHIBITED /prohibition/0'],
  ],
  [30, 'an offer', { agreement: { ...base, '@type': 'Offer' } }, ['NOT_AGREED /@type']],
  [
    30,
    'one signature',
    { state: { agreement: { ...state.agreement, signedBy: [HOLDER] } } },
    ['NOT_AGREED /signatures'],
  ],
  [
    33,
    'a publication that is overdue',
    { agreement: publishing, ...since('2024-11-01T00:00:00Z') },
    ['DUTY /permission/0/duty/0'],
  ],
  [33, 'a publication in time', { agreement: publishing, ...since('2025-01-01T00:00:00Z') }, ['allow']],
  [33, 'a publication that was made', { agreement: publishing, ...since('2024-11-01T00:00:00Z', 1) }, ['allow']],
  [
    34,
    'another purpose tree',
    { agreement: { ...base, 'rv:purposeScheme': contentHash('another tree') } },
    ['POLICY_INVALID /rv:purposeScheme'],
  ],
  [
    35,
    'expanded JSON-LD',
    { agreement: { 'http://www.w3.org/ns/odrl/2/permission': [] } },
    expect.arrayContaining(['POLICY_INVALID /http:~1~1www.w3.org~1ns~1odrl~12~1permission']),
  ],
  [35, 'a key that stands twice', { agreement: twice }, ['POLICY_INVALID /conflict']],
];

describe('decision tests of the design', () => {
  it.each(tests)('%i: %s', (_number, _title, change, expected) => {
    expect(verdictOf(decide(change))).toEqual(expected);
  });

  it('14: the largest threshold is applied, and a wish can only raise it', () => {
    expect(decide({ floor: { minCellSize: 15 }, request: { minCellSize: 5 } })).toMatchObject({ minCellSize: 15 });
    expect(decide()).toMatchObject({ minCellSize: 10 });
    expect(decide({ request: { minCellSize: 30 } })).toMatchObject({ minCellSize: 30 });
  });

  it('14: cells of all tables together stay below the floor, whatever the agreement grants', () => {
    const left = { cells: { spent: 900, cost: 100 } };
    const decided = (maxCellsPerAgreement: number, ledger: Partial<typeof state.ledger>) =>
      decide({ floor: { ...floor, maxCellsPerAgreement }, state: { ledger: { ...state.ledger, ...ledger } } });
    expect(decided(1000, left).decision).toBe('allow');
    for (const denied of [decided(999, left), decided(1000, { cells: null })])
      expect(denied).toMatchObject({
        decision: 'deny',
        reasons: expect.arrayContaining([expect.objectContaining({ code: 'FLOOR', pointer: '/maxCellsPerAgreement' })]),
      });
  });

  it('17: of two queries that each need the rest of the budget exactly one is allowed', () => {
    const first = { spent: MICRO_RHO - 1, cost: 1 };
    const verdicts = [first, { ...charged(first), cost: 1 }].map(({ spent, cost }) =>
      verdictOf(decide(account(spent, cost))),
    );
    expect(verdicts).toEqual([['allow'], ['BUDGET /permission/0/constraint/7']]);
  });

  it('31: a revocation between P2 and P3 refuses what is under way, and the budget stays spent', () => {
    const spent = charged({ spent: MICRO_RHO - 1, cost: 1 });
    const input = inputOf({ checkpoint: 'P2', state: { ledger: { ...state.ledger, microRho: spent } } });
    expect(verdictOf(evaluate(input))).toEqual(['allow']);
    const revoked = { ...input.state, roster: four, agreement: { ...state.agreement, status: 'REVOKED' as const } };
    expect(verdictOf(evaluate({ ...input, checkpoint: 'P3', state: revoked }))).toEqual(['REVOKED /status']);
    expect(spent).toEqual({ spent: MICRO_RHO, cost: 0 });
  });

  it('names every number of the design that a pure evaluator can answer', () => {
    const numbers = new Set([...tests.map(([number]) => number), 17, 31]);
    expect([...numbers].sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 6, 7, 9, 10, 11, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 25, 26, 27, 28, 30, 31, 33, 34, 35,
    ]);
  });
});

describe('bad input is rejected at admission and denied at decision, at the same place', () => {
  const one = (change: object): unknown => ({ ...base, ...change });
  it.each<[string, unknown, string]>([
    ['an unknown term', one({ obligation: [] }), '/obligation'],
    ['an unknown term of a rule', one({ permission: [{ ...permission, target: 'x' }] }), '/permission/0/target'],
    [
      'an unknown operator',
      withConstraint(0, { leftOperand: 'rv:purpose', operator: 'hasPart', rightOperand: 'ehds:ImproveHealthcare' }),
      '/permission/0/constraint/0/operator',
    ],
    [
      'an operator of another operand',
      withConstraint(1, { leftOperand: 'rv:minCellSize', operator: 'lteq', rightOperand: '10' }),
      '/permission/0/constraint/1/operator',
    ],
    [
      'an unknown operand',
      withConstraint(2, { leftOperand: 'rv:moon', operator: 'eq', rightOperand: 'full' }),
      '/permission/0/constraint/2/leftOperand',
    ],
    [
      'an unzoned date',
      withConstraint(10, { leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: '2027-01-01T00:00:00' }),
      '/permission/0/constraint/10/rightOperand',
    ],
    [
      'a number where a string is due',
      withConstraint(1, { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: 10 }),
      '/permission/0/constraint/1/rightOperand',
    ],
    ['a key that stands twice', twice, '/conflict'],
    [
      'expanded JSON-LD',
      { 'http://www.w3.org/ns/odrl/2/permission': [] },
      '/http:~1~1www.w3.org~1ns~1odrl~12~1permission',
    ],
    ['a policy without rules', withoutRules, '/permission'],
    ['no permission', one({ permission: [] }), '/permission'],
    ['another purpose tree', one({ 'rv:purposeScheme': contentHash('another tree') }), '/rv:purposeScheme'],
    ['another profile', one({ profile: 'urn:revier:profile:2' }), '/profile'],
    [
      'an unknown action',
      withPermission({ action: 'rv:aggregate' }) && one({ permission: [{ ...permission, action: 'odrl:read' }] }),
      '/permission/0/action',
    ],
    ['a barred action', withPermission({ action: 'rv:rowExport' }), '/permission/0/action'],
    [
      'a prohibited purpose',
      withConstraint(0, { leftOperand: 'rv:purpose', operator: 'eq', rightOperand: 'dpv:Marketing' }),
      '/permission/0/constraint/0/rightOperand',
    ],
    ['no prohibition (the Dataspace Protocol refuses an empty list)', one({ prohibition: [] }), '/prohibition'],
    ['a logical constraint', withConstraint(0, { or: [] }), '/permission/0/constraint/0/leftOperand'],
    [
      'a list where one value is due',
      withConstraint(0, { leftOperand: 'rv:purpose', operator: 'isA', rightOperand: [] }),
      '/permission/0/constraint/0/rightOperand',
    ],
    [
      'an element twice',
      withConstraint(2, { leftOperand: 'rv:measure', operator: 'isPartOf', rightOperand: ['count', 'count'] }),
      '/permission/0/constraint/2/rightOperand',
    ],
    [
      'a table outside the lattice',
      withExtra({ leftOperand: 'rv:tables', operator: 'isPartOf', rightOperand: [contentHash('x')] }),
      '/permission/0/constraint/12/rightOperand',
    ],
    [
      'a permission that one fitting element opens',
      withConstraint(2, { leftOperand: 'rv:measure', operator: 'isAnyOf', rightOperand: ['count'] }),
      '/permission/0/constraint/2/operator',
    ],
    [
      'a prohibition over the ledger',
      one({ prohibition: [{ '@id': '#x1', action: 'rv:aggregate', constraint: [constraints[7]] }] }),
      '/prohibition/0/constraint/0/leftOperand',
    ],
    [
      'an operand of duties',
      withConstraint(0, { leftOperand: 'odrl:elapsedTime', operator: 'lteq', rightOperand: 'P1M' }),
      '/permission/0/constraint/0/leftOperand',
    ],
    [
      'a duration with a time',
      withExtra({ leftOperand: 'odrl:count', operator: 'lteq', rightOperand: '5', 'rv:per': 'PT1H' }),
      '/permission/0/constraint/12/rv:per',
    ],
    ['a version that replaces nothing', one({ 'rv:replaces': undefined }), '/rv:replaces'],
    ['an agreement with oneself', one({ assignee: HOLDER }), '/assignee'],
    ['two rules of one @id', one({ prohibition: [...prohibitions, ...prohibitions] }), '/permission'],
    ['co-members without the holder', one({ 'rv:coMembers': ['did:web:a.example'] }), '/rv:coMembers'],
    ['nothing', null, ''],
    ['no JSON', '{', ''],
    ['an array', [], ''],
  ])('%s', (_, agreement, pointer) => {
    expect(() => admitAgreement(agreement)).toThrowError(
      expect.objectContaining({
        code: 'POLICY_INVALID',
        options: expect.objectContaining({ errors: expect.arrayContaining([expect.objectContaining({ pointer })]) }),
      }),
    );
    const decision = evaluate({ ...inputOf(), agreement });
    expect(verdictOf(decision)).toContain(`POLICY_INVALID ${pointer}`);
    expect(decision).toMatchObject({ agreementHash: null, rules: [] });
    expect(request.agreement).toBe(contentHash(base));
  });

  it('an offer used as an agreement', () => {
    const offer = one({ '@type': 'Offer' });
    expect(() => admitAgreement(offer)).toThrowError(expect.objectContaining({ code: 'POLICY_INVALID' }));
    expect(verdictOf(evaluate({ ...inputOf(), agreement: offer }))).toEqual(['NOT_AGREED /@type']);
  });
});
