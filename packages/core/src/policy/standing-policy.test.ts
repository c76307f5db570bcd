/** Standing policies: the first that fits decides, what is unknown waits, and asking for less never makes anybody wait. */
import type { Agreement, LimitWishes, Permission, StandingPolicy } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../query/canonical.ts';
import { limitAgreement } from './limit-policy.ts';
import { type StandingFacts, standingDecision } from './standing-policy.ts';
import { base, HOLDER, permission, request, table, withExtra, withPermission } from './testing/base.case.ts';

const NOW = Date.parse('2026-02-01T00:00:00Z') / 1000;

const policy = (when: StandingPolicy['when'], change: Partial<StandingPolicy> = {}): StandingPolicy => ({
  kind: 'standing-policy',
  node: HOLDER,
  realm: 'test',
  iat: NOW - 10,
  exp: NOW + 10,
  name: 'usual',
  decides: 'approve',
  reason: 'as always',
  when,
  ...change,
});

const facts: StandingFacts = {
  draft: base,
  mode: 'L',
  sector: 'research',
  legalBasis: 'lkrg-nrw:P23',
  isAmendment: true,
  isLatticeSafe: null,
};

const decided = (when: StandingPolicy['when'], change: Partial<StandingFacts> = {}) =>
  standingDecision([policy(when)], { ...facts, ...change }, NOW)?.decides ?? 'waits';

describe('a standing policy', () => {
  it.each<[string, StandingPolicy['when']]>([
    ['the data user', { dataUsers: ['did:web:uni.example'] }],
    ['the sector', { sectors: ['research', 'public-body'] }],
    ['the purpose', { purposes: ['ehds:HealthcareScientificResearch'] }],
    ['the legal basis', { legalBases: ['lkrg-nrw:P23'] }],
    ['the dataset', { datasets: ['urn:revier:dataset:lkr-onko'] }],
    ['the mode', { modes: ['L'] }],
    ['the tables', { tables: [contentHash(table), contentHash('another')] }],
    ['the number of tables', { maxTables: 1 }],
    ['the dimensions', { maxDimensions: 1 }],
    ['the smallest cell', { minCellSize: 10 }],
    ['the term', { longest: 'P1Y' }],
    ['an amendment', { amendment: true }],
  ])('fits by %s', (_, when) => {
    expect(decided(when)).toBe('approve');
  });

  it.each<[string, StandingPolicy['when']]>([
    ['another data user', { dataUsers: ['did:web:other.example'] }],
    ['a narrower purpose than was asked for', { purposes: ['ehds:TrainTestAndEvaluateHealthAlgorithms'] }],
    ['other tables', { tables: [contentHash('another')] }],
    ['fewer dimensions', { maxDimensions: 0 }],
    ['larger cells', { minCellSize: 11 }],
    ['a shorter term', { longest: 'P11M' }],
    ['a duty that is not there', { duties: ['rv:publish'] }],
    ['one condition of two', { modes: ['L'], datasets: ['urn:revier:dataset:other'] }],
    ['a lattice that nobody has checked', { safeLattice: true }],
  ])('does not fit %s', (_, when) => {
    expect(decided(when)).toBe('waits');
  });

  it('waits where a fact is not known', () => {
    expect(decided({ sectors: ['research'] }, { sector: null })).toBe('waits');
    expect(decided({ legalBases: ['lkrg-nrw:P23'] }, { legalBasis: null })).toBe('waits');
    expect(decided({ modes: ['L'] }, { mode: null })).toBe('waits');
    expect(decided({ minCellSize: 3 }, { draft: withPermission({ constraint: [] }) })).toBe('waits');
    expect(decided({ longest: 'P9Y' }, { draft: withPermission({ constraint: [] }) })).toBe('waits');
    expect(decided({ purposes: ['ehds:ImproveHealthcare'] }, { draft: withPermission({ constraint: [] }) })).toBe(
      'waits',
    );
  });

  it('of several the first one decides', () => {
    const all = [policy({ modes: ['D'] }), policy({}, { decides: 'reject' }), policy({})];
    expect(standingDecision(all, facts, NOW)?.decides).toBe('reject');
  });

  it('decides within its time only', () => {
    for (const now of [NOW - 11, NOW + 10]) expect(standingDecision([policy({})], facts, now)).toBeUndefined();
  });
});

const conditions: readonly StandingPolicy['when'][] = [
  { purposes: ['ehds:HealthcareScientificResearch'] },
  { tables: [contentHash(table)] },
  { tables: [contentHash('another')] },
  ...[1, 3].map((maxTables) => ({ maxTables })),
  ...[0, 1, 2].map((maxDimensions) => ({ maxDimensions })),
  ...[3, 5, 10, 15].map((minCellSize) => ({ minCellSize })),
  ...['P10D', 'P6M', 'P1Y'].map((longest) => ({ longest })),
  { duties: ['rv:publish'] },
];
const whens = fc.subarray([...conditions], { maxLength: 2 }).map((some) => Object.assign({}, ...some));

const publishing = (): NonNullable<Permission['duty']> => [{ '@id': '#d1', action: 'rv:publish', constraint: [] }];
const drafts: fc.Arbitrary<Agreement> = fc
  .record({ k: fc.constantFrom('5', '10', '15'), end: fc.constantFrom('2026-05-01', '2026-12-01'), owes: fc.boolean() })
  .map(({ k, end, owes }) => ({
    ...withExtra(
      { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: k },
      { leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: `${end}T00:00:00Z` },
    ),
    ...(owes ? { permission: [{ ...permission, duty: publishing() }] } : {}),
  }));

const wishes: fc.Arbitrary<LimitWishes> = fc.record(
  {
    minCellSize: fc.constantFrom(3, 10, 20),
    until: fc.constantFrom('2026-04-15T00:00:00Z', '2026-07-01T00:00:00Z'),
    duties: fc.boolean().map((owed) => (owed ? publishing().map(({ '@id': _, ...rest }) => rest) : [])),
    questions: fc.constantFrom(1, 100),
  },
  { requiredKeys: [] },
);

it('asking for less never turns an approval into waiting', () => {
  const lists = fc.array(fc.record({ when: whens, decides: fc.constantFrom('approve' as const, 'reject' as const) }), {
    maxLength: 4,
  });
  let approved = 0;
  fc.assert(
    fc.property(drafts, lists, wishes, (draft, list, wish) => {
      const all = list.map(({ when, decides }) => policy(when, { decides }));
      if (standingDecision(all, { ...facts, draft }, NOW)?.decides !== 'approve') return;
      approved++;
      const less = limitAgreement(draft, wish, { requestOf: () => request, timestamp: '2026-02-01T00:00:00Z' });
      expect(standingDecision(all, { ...facts, draft: less }, NOW)).toBeDefined();
    }),
    { numRuns: 400 },
  );
  expect(approved).toBeGreaterThan(50);
});

it('takes the tighter of two limits of one kind', () => {
  const draft = withExtra({ leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: '20' });
  expect(decided({ minCellSize: 20 }, { draft })).toBe('approve');
});
