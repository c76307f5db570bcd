/** Decisions: deny by default, and every denial with a code and a pointer. Numbers are rows of the design's decision tests. */
import type { Agreement, Constraint, Floor } from '@revier/schema';
import { lateStageQuestion, smallVocabulary } from '@revier/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../query/canonical.ts';
import { planQuestion } from '../query/plan-question.ts';
import { canonicalQuestion } from '../query/question.ts';
import { type Decision, evaluate, type PolicyRequest } from './evaluate.ts';
import { purposeSchemeHash } from './purpose.ts';

const vocabulary = smallVocabulary();
const plan = planQuestion(canonicalQuestion(lateStageQuestion), vocabulary);
const [openTask, , registryTask] = plan.tasks;
if (openTask === undefined || registryTask === undefined) throw new Error('the plan asks two cities and a registry');

const constraints: Constraint[] = [
  { leftOperand: 'rv:purpose', operator: 'isA', rightOperand: 'ehds:PublicInterestRelatedToHealth' },
  { leftOperand: 'rv:tables', operator: 'isPartOf', rightOperand: [registryTask.tableHash] },
  { leftOperand: 'odrl:dateTime', operator: 'gteq', rightOperand: '2026-01-01T00:00:00Z' },
  { leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: '2027-01-01T00:00:00Z' },
  { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: '10' },
];

const base: Agreement = {
  '@context': ['http://www.w3.org/ns/odrl.jsonld', 'urn:revier:ctx:1'],
  '@type': 'Agreement',
  '@id': 'urn:uuid:00000000-0000-4000-8000-000000000001',
  profile: 'urn:revier:profile:1',
  conflict: 'prohibit',
  timestamp: '2026-01-01T00:00:00Z',
  assigner: 'did:web:registry.example',
  assignee: 'did:web:uni.example',
  target: registryTask.dataset.id,
  'rv:register': 'urn:revier:register:colorectal-small',
  'rv:realm': 'test',
  'rv:version': 1,
  'rv:purposeScheme': purposeSchemeHash,
  'rv:legalBasis': 'LKRG NRW section 23',
  'rv:dataModels': vocabulary.catalogue.dataModels,
  'rv:codeLists': vocabulary.catalogue.codeLists,
  'rv:lookups': vocabulary.catalogue.lookups,
  'rv:standards': vocabulary.catalogue.standards,
  'rv:lattice': [registryTask.table],
  permission: [{ '@id': '#p1', action: 'rv:aggregate', constraint: constraints }],
  prohibition: [{ '@id': '#x1', action: 'rv:reidentify', constraint: [] }],
};

const floor: Floor = {
  kind: 'floor',
  holder: 'did:web:registry.example',
  realm: 'test',
  minCellSize: 5,
  publicDatasets: [],
  maxDimensions: 5,
  maxCells: 2000,
};

const request: PolicyRequest = {
  agreement: base,
  floor,
  holder: 'did:web:registry.example',
  dataUser: 'did:web:uni.example',
  realm: 'test',
  register: 'urn:revier:register:colorectal-small',
  purpose: 'ehds:PublicHealthSurveillance',
  task: registryTask,
  cells: 10,
  catalogue: vocabulary.catalogue,
  now: Date.parse('2026-06-01T12:00:00Z'),
};

const decide = (change: Partial<PolicyRequest> = {}): Decision => evaluate({ ...request, ...change });
const codes = (decision: Decision) =>
  decision.decision === 'deny' ? decision.reasons.map(({ code, pointer }) => `${code} ${pointer}`) : ['allow'];
const withConstraint = (at: number, constraint: Constraint): Agreement => ({
  ...base,
  permission: [{ '@id': '#p1', action: 'rv:aggregate', constraint: constraints.with(at, constraint) }],
});

describe('an agreed table', () => {
  it('is allowed for the agreed purpose (1) and for a more specific one (2)', () => {
    expect(codes(decide())).toEqual(['allow']);
    expect(codes(decide({ purpose: 'ehds:PublicInterestRelatedToHealth' }))).toEqual(['allow']);
  });

  it('is allowed with the larger of the agreed and the floor threshold (14)', () => {
    expect(decide()).toMatchObject({ minCellSize: 10 });
    expect(decide({ floor: { ...floor, minCellSize: 15 } })).toMatchObject({ minCellSize: 15 });
  });
});

describe('denied', () => {
  it.each<[string, string[], Partial<PolicyRequest>]>([
    [
      'an ancestor of the agreed purpose (3)',
      ['PURPOSE /permission/0/constraint/0'],
      {
        purpose: 'ehds:PublicInterestRelatedToHealth',
        agreement: withConstraint(0, {
          leftOperand: 'rv:purpose',
          operator: 'isA',
          rightOperand: 'ehds:PublicHealthSurveillance',
        }),
      },
    ],
    [
      'another branch of the tree',
      ['PURPOSE /permission/0/constraint/0'],
      { purpose: 'ehds:HealthcareScientificResearch' },
    ],
    [
      'an unknown purpose (6)',
      ['PURPOSE_UNKNOWN /purpose', 'PURPOSE /permission/0/constraint/0'],
      { purpose: 'ehds:Curiosity' },
    ],
    [
      'a prohibited purpose',
      ['PURPOSE_UNKNOWN /purpose', 'PURPOSE /permission/0/constraint/0'],
      { purpose: 'dpv:Marketing' },
    ],
    [
      'a table that was not agreed (9, 10)',
      ['TABLE_NOT_AGREED /permission/0/constraint/1'],
      { task: { ...registryTask, tableHash: contentHash('another') } },
    ],
    [
      'the first instant after the end (11)',
      ['NOT_IN_FORCE /permission/0/constraint/3'],
      { now: Date.parse('2027-01-01T00:00:00Z') },
    ],
    [
      'the last instant before the beginning',
      ['NOT_IN_FORCE /permission/0/constraint/2'],
      { now: Date.parse('2025-12-31T23:59:59.999Z') },
    ],
    [
      'a clock that does not tell the time',
      ['NOT_IN_FORCE /permission/0/constraint/2', 'NOT_IN_FORCE /permission/0/constraint/3'],
      { now: Number.NaN },
    ],
    ['another register', ['NOT_AGREED /rv:register'], { register: 'urn:revier:register:other' }],
    ['another data user', ['NOT_AGREED /assignee'], { dataUser: 'did:web:insurer.example' }],
    [
      'another dataset',
      ['NOT_AGREED /target', 'VERSION_DIFFERS /rv:codeLists'],
      {
        task: {
          ...registryTask,
          dataset: { ...openTask.dataset, mode: 'L', grain: { area: { codeList: 'area-other/1', level: 'x' } } },
        },
      },
    ],
    ['another realm', ['WRONG_REALM /rv:realm', 'FLOOR '], { realm: 'production' }],
    [
      'a lookup of another version',
      ['VERSION_DIFFERS /rv:lookups'],
      { catalogue: { ...vocabulary.catalogue, lookups: { 'deprivation-2': contentHash('swapped') } } },
    ],
    [
      'a standard that the agreement does not know',
      ['VERSION_DIFFERS /rv:standards'],
      { agreement: { ...base, 'rv:standards': {} } },
    ],
    ["another holder's floor", ['FLOOR '], { floor: { ...floor, holder: 'did:web:other.example' } }],
    ['more dimensions than the floor allows', ['FLOOR /maxDimensions'], { floor: { ...floor, maxDimensions: 1 } }],
    ['more cells than the floor allows', ['FLOOR /maxCells'], { cells: 2001 }],
    [
      'a permission and a bare prohibition of the same action (23)',
      ['PROHIBITED /prohibition/0'],
      { agreement: { ...base, prohibition: [{ '@id': '#x1', action: 'rv:aggregate', constraint: [] }] } },
    ],
    [
      'a prohibition of use, which includes aggregating (28)',
      ['PROHIBITED /prohibition/0'],
      { agreement: { ...base, prohibition: [{ '@id': '#x1', action: 'odrl:use', constraint: [] }] } },
    ],
    [
      'a permission of another action only',
      ['NOT_AGREED /permission'],
      { agreement: { ...base, permission: [{ '@id': '#p1', action: 'rv:rowExport', constraint: [] }] } },
    ],
  ])('%s', (_, expected, change) => {
    expect(codes(decide(change))).toEqual(expected);
  });

  it('a prohibition whose condition cannot be evaluated', () => {
    const prohibition: Agreement['prohibition'] = [
      {
        '@id': '#x1',
        action: 'rv:aggregate',
        constraint: [{ leftOperand: 'odrl:dateTime', operator: 'gteq', rightOperand: '2030-01-01T00:00:00Z' }],
      },
    ];
    const permission: Agreement['permission'] = [
      { '@id': '#p1', action: 'rv:aggregate', constraint: constraints.slice(0, 2) },
    ];
    const agreement = { ...base, permission, prohibition };
    expect(codes(decide({ agreement }))).toEqual(['allow']);
    expect(codes(decide({ agreement, now: Number.NaN }))).toEqual(['PROHIBITED /prohibition/0']);
  });

  it('exact figures of a dataset that the floor does not declare public', () => {
    const agreement: Agreement = {
      ...base,
      assigner: 'did:web:city-a.example',
      target: openTask.dataset.id,
      'rv:lattice': [openTask.table],
      permission: [
        {
          '@id': '#p1',
          action: 'rv:aggregate',
          constraint: [{ leftOperand: 'rv:tables', operator: 'isPartOf', rightOperand: [openTask.tableHash] }],
        },
      ],
    };
    const cityFloor: Floor = { ...floor, holder: 'did:web:city-a.example' };
    const open = { agreement, holder: 'did:web:city-a.example', task: openTask };
    expect(codes(decide({ ...open, floor: cityFloor }))).toEqual(['FLOOR /publicDatasets']);
    expect(decide({ ...open, floor: { ...cityFloor, publicDatasets: [openTask.dataset.id] } })).toMatchObject({
      decision: 'allow',
      minCellSize: null,
    });
  });
});

describe('a broken policy denies as POLICY_INVALID', () => {
  it.each<[string, unknown]>([
    ['nothing at all', null],
    ['no rule (26)', { ...base, permission: [] }],
    [
      'an unzoned date (13)',
      {
        ...base,
        permission: [
          {
            '@id': '#p1',
            action: 'rv:aggregate',
            constraint: [{ leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: '2027-01-01T00:00:00' }],
          },
        ],
      },
    ],
    [
      'a number where a string is due (15)',
      {
        ...base,
        permission: [
          {
            '@id': '#p1',
            action: 'rv:aggregate',
            constraint: [{ leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: 10 }],
          },
        ],
      },
    ],
    [
      'an integer that is not canonical (15)',
      withConstraint(4, { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: '010' }),
    ],
    [
      'an unknown left operand (25)',
      {
        ...base,
        permission: [
          {
            '@id': '#p1',
            action: 'rv:aggregate',
            constraint: [{ leftOperand: 'rv:moon', operator: 'eq', rightOperand: 'full' }],
          },
        ],
      },
    ],
    ['another conflict rule (27)', { ...base, conflict: 'perm' }],
    ['an offer (30)', { ...base, '@type': 'Offer' }],
    ['another purpose tree (34)', { ...base, 'rv:purposeScheme': contentHash('another tree') }],
    ['another profile', { ...base, profile: 'urn:revier:profile:2' }],
    ['expanded JSON-LD (35)', { 'http://www.w3.org/ns/odrl/2/permission': [] }],
    ['a term that the profile does not know', { ...base, obligation: [] }],
    ['a table outside its own lattice', { ...base, 'rv:lattice': [openTask.table] }],
    [
      'a prohibited purpose in a permission',
      withConstraint(0, { leftOperand: 'rv:purpose', operator: 'eq', rightOperand: 'dpv:Marketing' }),
    ],
  ])('%s', (_, agreement) => {
    expect(codes(decide({ agreement }))).toEqual(['POLICY_INVALID ']);
  });
});

describe('laws', () => {
  const constraint = fc.constantFrom(...constraints, {
    leftOperand: 'rv:purpose',
    operator: 'eq',
    rightOperand: 'ehds:ImproveHealthcare',
  } satisfies Constraint);
  const rule = fc.record({
    action: fc.constantFrom('rv:aggregate' as const, 'odrl:use' as const, 'rv:rowExport' as const),
    constraint: fc.array(constraint, { maxLength: 3 }),
  });
  const rules = (letter: string) =>
    fc.array(rule, { maxLength: 3 }).map((all) => all.map((one, at) => ({ '@id': `#${letter}${at}`, ...one })));
  const agreements = fc
    .record({ permission: rules('p'), prohibition: rules('x') })
    .map((both): Agreement => ({ ...base, ...both }));
  const allows = (agreement: Agreement) => decide({ agreement }).decision === 'allow';

  it('adding a prohibition never allows more', () => {
    fc.assert(
      fc.property(agreements, rule, (agreement, extra) => {
        const stricter = { ...agreement, prohibition: [...agreement.prohibition, { '@id': '#y1', ...extra }] };
        expect(allows(stricter) && !allows(agreement)).toBe(false);
      }),
    );
  });

  it('removing a permission never allows more', () => {
    fc.assert(
      fc.property(agreements, fc.nat(3), (agreement, at) => {
        const stricter = { ...agreement, permission: agreement.permission.filter((_, index) => index !== at) };
        expect(allows(stricter) && !allows(agreement)).toBe(false);
      }),
    );
  });

  it('adding a constraint to a permission never allows more', () => {
    fc.assert(
      fc.property(agreements, constraint, (agreement, extra) => {
        const stricter = {
          ...agreement,
          permission: agreement.permission.map((one) => ({ ...one, constraint: [...one.constraint, extra] })),
        };
        expect(allows(stricter) && !allows(agreement)).toBe(false);
      }),
    );
  });

  it('without an active permission nothing is allowed', () => {
    fc.assert(
      fc.property(agreements, (agreement) => {
        const decision = decide({ agreement });
        const active = decision.rules.some(
          ({ pointer, activationState }) => pointer.startsWith('/permission') && activationState === 'active',
        );
        expect(decision.decision === 'allow' && !active).toBe(false);
      }),
    );
  });
});
