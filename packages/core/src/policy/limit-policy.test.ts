/** Limiting: it drops what is too fine, adds what is wished for, and never grants what was not asked for. */
import { type Agreement, AppError, type Constraint, type LimitWishes, type Table } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../query/canonical.ts';
import { openAgreement } from './admit-agreement.ts';
import { missingRoles, requiredRoles } from './approvals.ts';
import { evaluate } from './evaluate.ts';
import { limitAgreement } from './limit-policy.ts';
import { isNarrower, wideningFaults } from './narrower.ts';
import { simulate } from './simulate.ts';
import { base, constraints, floor, permission, request, table } from './testing/base.case.ts';
import { facts, inputs, narrowed, policies, someConstraint } from './testing/random-policies.case.ts';

const byArea: Table = { ...table, by: [{ variable: 'area', level: 'gemeinde' }, ...table.by] };
const lattice = [table, byArea];
const tables: Constraint = { leftOperand: 'rv:tables', operator: 'isPartOf', rightOperand: lattice.map(contentHash) };
const asked: Agreement = {
  ...base,
  'rv:lattice': lattice,
  permission: [{ ...permission, constraint: [...constraints, tables] }],
};
const timestamp = '2026-03-01T00:00:00Z';

/** As the node plans them: one by sex alone, one by commune and sex. */
const requestOf = (one: Table) => ({
  ...request,
  tableHash: contentHash(one),
  groupVariables: one.by.map(({ variable }) => variable),
  dimensions: one.by.length,
  grains:
    one.by.length === 1
      ? []
      : [{ variable: 'area', concept: 'area' as const, level: 'gemeinde', scale: ['gemeinde', 'kreis', 'land'] }],
});
const limit = (wishes: LimitWishes, of = asked): Agreement => limitAgreement(of, wishes, { requestOf, timestamp });
const limitsOf = (of: Agreement) => of.permission[0]?.constraint ?? [];

describe('a limited draft', () => {
  it.each<[string, LimitWishes]>([
    ['a coarser grain', { spatial: 'kreis' }],
    ['fewer dimensions', { maxDimensions: 1 }],
    ['a variable left out', { withoutVariables: ['area'] }],
    ['the tables named', { tables: [contentHash(table).slice(0, 20)] }],
    [
      'a committee’s condition',
      { constraints: [{ leftOperand: 'rv:groupVariable', operator: 'isPartOf', rightOperand: ['sex'] }] },
    ],
  ])('has lost the table that %s does not allow', (_, wishes) => {
    const less = limit(wishes);
    expect(less['rv:lattice']).toEqual([table]);
    expect(limitsOf(less)).toContainEqual({ ...tables, rightOperand: [contentHash(table)] });
    expect(openAgreement(less).agreement).toEqual(less);
    expect(wideningFaults(asked, less)).toEqual([]);
  });

  it('has the tighter limit in the place of the wider one, and never the other way round', () => {
    const k = (of: Agreement) => limitsOf(of).filter(({ leftOperand }) => leftOperand === 'rv:minCellSize');
    expect(k(limit({ minCellSize: 15 }))).toEqual([
      { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: '15' },
    ]);
    expect(k(limit({ minCellSize: 5 }))).toEqual(k(asked));
  });

  it('ends earlier, costs less, and owes more', () => {
    const less = limit({
      until: '2026-09-01T00:00:00Z',
      budgetCells: 900,
      questions: 7,
      duties: [{ action: 'odrl:inform', constraint: [] }],
    });
    expect(limitsOf(less)).toEqual(
      expect.arrayContaining([
        { leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: '2026-09-01T00:00:00Z' },
        { leftOperand: 'rv:budgetCells', operator: 'lteq', rightOperand: '900' },
        { leftOperand: 'odrl:count', operator: 'lteq', rightOperand: '7' },
      ]),
    );
    expect(less.permission[0]?.duty).toEqual([{ '@id': '#d1', action: 'odrl:inform', constraint: [] }]);
    expect(less.timestamp).toBe(timestamp);
  });

  it('that would leave nothing is none', () => {
    expect(() => limit({ withoutVariables: ['sex'] })).toThrow(AppError);
    expect(() => limit({ tables: ['sha256:00000000'] })).toThrow(AppError);
  });
});

describe('what is no limitation', () => {
  const [first] = asked.permission;
  it.each<[string, Partial<Agreement>, string]>([
    ['another data user', { assignee: 'did:web:other.example' }, '/assignee'],
    ['another legal basis', { 'rv:legalBasis': 'none' }, '/rv:legalBasis'],
    ['a table more', { 'rv:lattice': [...lattice, { ...table, margins: true }] }, '/rv:lattice/2'],
    ['a permission more', { permission: [...asked.permission, { ...permission, '@id': '#p2' }] }, '/permission/1'],
    ['no limits', { permission: [{ ...permission, constraint: [] }] }, '/permission/0/constraint'],
    ['a prohibition less', { prohibition: asked.prohibition.slice(1) }, '/prohibition'],
    ['another term', { 'rv:permitRef': 'other' }, '/rv:permitRef'],
  ])('%s', (_, change, pointer) => {
    expect(first).toBeDefined();
    expect(wideningFaults(asked, { ...asked, ...change }).map((fault) => fault.pointer)).toContain(pointer);
  });
});

const pairs = fc.oneof(
  fc.tuple(someConstraint, someConstraint),
  someConstraint.map((wide): [Constraint, Constraint] => [narrowed(wide), wide]),
);

it('whatever keeps the narrower of two limits keeps the wider one', () => {
  let compared = 0;
  fc.assert(
    fc.property(pairs, facts, policies, ([narrow, wide], make, { floor: own }) => {
      if (!isNarrower(narrow, wide)) return;
      compared++;
      const under = (one: Constraint) => {
        const agreement = { ...base, permission: [{ ...permission, constraint: [one] }] };
        return evaluate({ ...inputs.rename({ ...make(contentHash(base)), agreement: base, floor: own }, agreement) });
      };
      if (under(narrow).decision === 'allow') expect(under(wide).decision).toBe('allow');
    }),
    { numRuns: 2000 },
  );
  expect(compared).toBeGreaterThan(500);
});

describe('the roles that are missing', () => {
  const at = Date.parse('2026-01-02T00:00:00Z');
  const hash = contentHash(base);
  const by = (person: string, role: 'steward' | 'signatory' | 'committee') => ({ role, person, agreement: hash, at });
  const missing = (...given: ReturnType<typeof by>[]) =>
    missingRoles(['steward', 'signatory'], given, { agreement: hash, author: 'clara', at });

  it('are all while nobody has signed, and none when two have', () => {
    expect(missing()).toEqual(['signatory', 'steward']);
    expect(missing(by('anna', 'steward'))).toEqual(['signatory']);
    expect(missing(by('anna', 'steward'), by('bernd', 'signatory'))).toEqual([]);
  });

  it('are not given by one person twice, nor by the author', () => {
    expect(missing(by('anna', 'steward'), by('anna', 'signatory'))).toHaveLength(1);
    expect(missing(by('anna', 'steward'), by('clara', 'signatory'))).toEqual(['signatory']);
  });

  it('come from floor and agreement; from neither, they are steward and signatory', () => {
    expect(requiredRoles(base, { ...floor, requiredApprovals: ['committee'] })).toEqual([
      'committee',
      'signatory',
      'steward',
    ]);
    expect(requiredRoles({ ...base, permission: [] }, floor)).toEqual(['signatory', 'steward']);
  });
});

describe('simulation', () => {
  const proposal = {
    draft: asked,
    floor,
    purpose: 'ehds:HealthcareScientificResearch',
    legalBasis: 'lkrg-nrw:P23',
    ethicsVote: undefined,
    sector: 'research',
  } as const;
  const others = {
    ...request,
    dataUser: 'did:web:other.example',
    register: 'urn:revier:register:other',
    agreement: contentHash('x'),
  };

  it('lets past questions through whose tables are applied for, whoever asked them', () => {
    const past = [{ ...others, tableHash: contentHash(table) }];
    expect(simulate(proposal, past)).toEqual({ asked: 1, allowed: 1, denied: [] });
  });

  it('counts by code what the terms deny', () => {
    const past = [
      { ...others, tableHash: contentHash('never asked for') },
      { ...others, tableHash: contentHash(table), measures: ['sum' as const] },
      { ...others, tableHash: contentHash(table), measures: ['sum' as const] },
    ];
    expect(simulate(proposal, past)).toEqual({
      asked: 3,
      allowed: 0,
      denied: [
        { code: 'VARIABLE_NOT_AGREED', times: 2 },
        { code: 'TABLE_NOT_AGREED', times: 1 },
      ],
    });
  });
});
