/** Random agreements and requests that often just fit, and often just do not. */
import {
  type Action,
  type Agreement,
  type Constraint,
  type Floor,
  type Permission,
  type PolicyMode,
  type Prohibition,
  timestampAt,
} from '@revier/schema';
import fc from 'fast-check';
import { contentHash } from '../../query/canonical.ts';
import type { Grain, PolicyInput, PolicyRequest, PolicyState } from '../snapshot.ts';
import { base, DAY, floor, HOLDER, request, state, table, USER } from './base.case.ts';

export const TIMES = [10, 20, 30].map((day) => Date.parse(`2026-06-${day}T00:00:00Z`));
export const SCALES = {
  area: ['gemeinde', 'kreis', 'land'],
  year: ['month', 'year'],
  age: ['year', 'band5', 'band14'],
} as const;
const AGREED = ['ehds:HealthcareScientificResearch', 'ehds:TrainTestAndEvaluateHealthAlgorithms'];
const PURPOSES = [...AGREED, 'ehds:TrainTestAndEvaluateAISystemsAlgorithms', 'ehds:ImproveHealthcare'] as const;
const PUBLIC = ['ehds:PublicInterestRelatedToHealth', 'ehds:PublicHealthSurveillance'] as const;
const VARIABLES = ['area', 'sex', 'age', 'site'];
const OTHER = contentHash('another table');

const rarely = <T>(usual: fc.Arbitrary<T>, seldom: fc.Arbitrary<T>, of = 25): fc.Arbitrary<T> =>
  fc.oneof({ weight: of - 1, arbitrary: usual }, { weight: 1, arbitrary: seldom });
const int = (...of: readonly number[]) => fc.constantFrom(...of.map(String));
const some = <T>(of: readonly T[], minLength = 1) => fc.subarray([...of], { minLength });
/** A list of its own each time; `fc.constant` would make it a tuple. */
const list = <T>(...of: readonly T[]): fc.Arbitrary<T[]> => fc.constant(null).map(() => [...of]);
const most = <T>(of: readonly T[]): fc.Arbitrary<T[]> => rarely(list(...of), some(of), 3);

const times = fc.constantFrom(...TIMES).map(timestampAt);
const purpose: fc.Arbitrary<Constraint> = fc.record({
  leftOperand: fc.constant('rv:purpose' as const),
  operator: rarely(fc.constant<'isA' | 'eq'>('isA'), fc.constant<'isA' | 'eq'>('eq'), 4),
  rightOperand: rarely(fc.constant(AGREED[0] ?? ''), fc.constantFrom(...PURPOSES, ...PUBLIC), 2),
});

/** What a prohibition may rest on too. Sets are completed with their operator by the kind of rule. */
const openConstraint = (operator: 'isPartOf' | 'isAnyOf'): fc.Arbitrary<Constraint> => {
  const set = operator === 'isPartOf' ? most : some;
  return fc.oneof(
    purpose,
    times.map((rightOperand): Constraint => ({ leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand })),
    times.map((rightOperand): Constraint => ({ leftOperand: 'odrl:dateTime', operator: 'gteq', rightOperand })),
    most(['researcher', 'planner'] as const).map(
      (rightOperand): Constraint => ({ leftOperand: 'rv:recipientRole', operator: 'isAnyOf', rightOperand }),
    ),
    most(['public-body', 'research', 'commercial'] as const).map(
      (rightOperand): Constraint => ({ leftOperand: 'rv:recipientSector', operator: 'isAnyOf', rightOperand }),
    ),
    most(['lkrg-nrw:P23', 'gdng:P6-1'] as const).map(
      (rightOperand): Constraint => ({ leftOperand: 'rv:legalBasis', operator: 'isAnyOf', rightOperand }),
    ),
    times.map((rightOperand): Constraint => ({ leftOperand: 'rv:ethicsVote', operator: 'gt', rightOperand })),
    set(VARIABLES).map((rightOperand): Constraint => ({ leftOperand: 'rv:groupVariable', operator, rightOperand })),
    set(VARIABLES).map((rightOperand): Constraint => ({ leftOperand: 'rv:filterVariable', operator, rightOperand })),
    set(['count', 'sum', 'rate'] as const).map(
      (rightOperand): Constraint => ({ leftOperand: 'rv:measure', operator, rightOperand }),
    ),
    fc.constant<Constraint>({ leftOperand: 'rv:tables', operator, rightOperand: [contentHash(table)] }),
  );
};

const integerLimit = fc.oneof(
  fc.record({
    leftOperand: fc.constant('rv:minCellSize' as const),
    operator: fc.constant('gteq' as const),
    rightOperand: int(0, 5, 10),
  }),
  fc.record({
    leftOperand: fc.constant('rv:maxDimensions' as const),
    operator: fc.constant('lteq' as const),
    rightOperand: int(1, 2, 3, 4),
  }),
  fc.record({
    leftOperand: fc.constant('rv:minContributingNodes' as const),
    operator: fc.constant('gteq' as const),
    rightOperand: int(2, 3),
  }),
  fc.record({
    leftOperand: fc.constant('rv:budgetCells' as const),
    operator: fc.constant('lteq' as const),
    rightOperand: int(100, 200),
  }),
  fc.record({
    leftOperand: fc.constant('rv:budgetMicroRho' as const),
    operator: fc.constant('lteq' as const),
    rightOperand: int(100, 200),
  }),
  fc.record({
    leftOperand: fc.constant('odrl:count' as const),
    operator: fc.constant('lteq' as const),
    rightOperand: int(5, 6, 50),
  }),
  fc.record({
    leftOperand: fc.constant('odrl:count' as const),
    operator: fc.constant('lteq' as const),
    rightOperand: int(5, 6, 50),
    'rv:per': fc.constant('P7D'),
  }),
);

const limit: fc.Arbitrary<Constraint> = fc.oneof(
  { weight: 7, arbitrary: integerLimit },
  fc
    .constantFrom(...SCALES.area)
    .map((rightOperand): Constraint => ({ leftOperand: 'rv:spatialResolution', operator: 'lteq', rightOperand })),
  fc
    .constantFrom(...SCALES.year)
    .map((rightOperand): Constraint => ({ leftOperand: 'rv:temporalResolution', operator: 'lteq', rightOperand })),
  fc
    .constantFrom(...SCALES.age)
    .map((rightOperand): Constraint => ({ leftOperand: 'rv:ageBand', operator: 'lteq', rightOperand })),
  some(['steward', 'signatory', 'committee'] as const, 2).map(
    (rightOperand): Constraint => ({ leftOperand: 'rv:approval', operator: 'isAllOf', rightOperand }),
  ),
);

/** For a permission. */
export const someConstraint: fc.Arbitrary<Constraint> = fc.oneof(openConstraint('isPartOf'), limit);

const actions = (usual: Action): fc.Arbitrary<Action> =>
  rarely(
    fc.constant(usual),
    fc.constantFrom<Action>('odrl:use', 'rv:feasibilityCount', 'rv:publish', 'odrl:distribute', 'rv:cacheResult'),
    3,
  );

const duty = fc.constantFrom('P10D', 'P30D').map((rightOperand) => ({
  '@id': '#d1',
  action: 'rv:publish' as const,
  constraint: [{ leftOperand: 'odrl:elapsedTime' as const, operator: 'lteq' as const, rightOperand }],
}));

const permission: fc.Arbitrary<Omit<Permission, '@id'>> = fc.record(
  {
    action: actions('rv:aggregate'),
    constraint: fc.array(someConstraint, { maxLength: 4 }),
    duty: rarely(
      fc.constant([]),
      duty.map((one) => [one]),
      6,
    ),
  },
  { requiredKeys: ['action', 'constraint', 'duty'] },
);

export const prohibition = (id: string): fc.Arbitrary<Prohibition> =>
  fc.record({
    '@id': fc.constant(id),
    action: rarely(fc.constant<Action>('rv:reidentify'), actions('rv:aggregate'), 2),
    constraint: fc.array(openConstraint('isAnyOf'), { minLength: 1, maxLength: 4 }),
  });

export const agreements: fc.Arbitrary<Agreement> = fc
  .record({
    permission: fc.array(permission, { minLength: 1, maxLength: 3 }),
    prohibition: fc.tuple(prohibition('#x1'), rarely(fc.constant(null), prohibition('#x2'), 2)),
  })
  .map(({ permission, prohibition: [first, second] }) => ({
    ...base,
    permission: permission.map((rule, at) => ({
      ...rule,
      '@id': `#p${at}`,
      duty: (rule.duty ?? []).map((one) => ({ ...one, '@id': `#d${at}` })),
    })),
    prohibition: second === null ? [first] : [first, second],
  }));

const floors: fc.Arbitrary<Floor> = fc
  .record({
    minCellSize: fc.constantFrom(3, 15),
    maxDimensions: fc.constantFrom(2, 3, 5),
    maxCells: fc.constantFrom(200, 2000),
    maxCellsPerAgreement: rarely(fc.constant(2_000_000), fc.constantFrom(500, 600_000), 4),
    modes: rarely<PolicyMode[]>(list<PolicyMode>('O', 'L', 'F'), list<PolicyMode>('L'), 3),
    publicDatasets: rarely(list(base.target), list<string>(), 3),
    finest: rarely<Record<string, string>>(fc.constant({}), fc.constantFrom({ area: 'kreis' }, { age: 'band5' }), 4),
    prohibition: rarely<Prohibition[]>(
      list<Prohibition>(),
      prohibition('#x9').map((rule) => [rule]),
      8,
    ),
  })
  .map((change) => ({ ...floor, ...change }));

const grain = (concept: 'area' | 'year' | 'age'): fc.Arbitrary<Grain | null> =>
  rarely(
    fc
      .constantFrom(...SCALES[concept])
      .map((level) => ({ variable: concept, concept, level, scale: [...SCALES[concept]] })),
    fc.constant(null),
    3,
  );

const requests: fc.Arbitrary<Omit<PolicyRequest, 'agreement'>> = fc
  .record({
    dataUser: rarely(fc.constant(USER), fc.constant('did:web:other.example'), 60),
    realm: rarely(fc.constant('test' as const), fc.constant('production' as const), 60),
    purposes: rarely(
      rarely(fc.constantFrom(...PURPOSES), fc.constantFrom(...PUBLIC, 'ehds:Curiosity', 'dpv:Marketing'), 8).map(
        (one) => [one],
      ),
      fc.tuple(fc.constantFrom(...PURPOSES), fc.constantFrom(...PURPOSES)),
      6,
    ),
    action: rarely<PolicyRequest['action']>(
      fc.constant('rv:aggregate'),
      fc.constantFrom('rv:feasibilityCount', 'rv:publish', 'rv:cacheResult'),
      5,
    ),
    attestation: rarely<PolicyRequest['attestation']>(fc.constant('user'), fc.constant('broker'), 40),
    mode: rarely<PolicyRequest['mode']>(fc.constant('L'), fc.constantFrom('O', 'F'), 4),
    tableHash: rarely(fc.constant(contentHash(table)), fc.constant(OTHER), 12),
    measures: some(['count', 'sum', 'rate'] as const),
    groupVariables: some(VARIABLES, 0),
    filterVariables: some(VARIABLES, 0),
    grains: fc
      .tuple(grain('area'), grain('year'), grain('age'))
      .map((all) => all.flatMap((one) => (one === null ? [] : [one]))),
    dimensions: rarely(fc.nat(2), fc.nat(5), 4),
    cells: rarely(fc.constant(100), fc.constantFrom(200, 201, 2001), 8),
  })
  .map((change) => ({ ...request, ...change }));

const account = fc.record({ spent: fc.constantFrom(0, 50, 99, 100, 199, 200), cost: fc.constantFrom(0, 1, 50) });
const person = fc.constantFrom('anna', 'bernd', 'clara');

/** With every fact there, so that nothing is indeterminate. */
const totalStates = fc.record({
  now: fc.constantFrom(...TIMES.flatMap((time) => [time - 1, time, time + 1, time + 15 * DAY])),
  status: rarely<PolicyState['agreement']['status']>(
    fc.constant('ACTIVE'),
    fc.constantFrom('SUSPENDED', 'SUPERSEDED', 'EXPIRED', 'REVOKED', 'COMPLETED'),
    12,
  ),
  tightened: fc.boolean(),
  signedBy: rarely(list(HOLDER, USER), fc.oneof(list(HOLDER), list(USER)), 40),
  roles: some(['researcher', 'planner'] as const),
  sector: fc.constantFrom('public-body' as const, 'research' as const, 'commercial' as const),
  legalBasis: fc.constantFrom('lkrg-nrw:P23' as const, 'gdng:P6-1' as const),
  issued: fc.constantFrom(...TIMES.map((time) => time - 1), ...TIMES, ...TIMES.map((time) => time + 1)),
  approved: rarely(
    list(...AGREED.slice(0, 1), ...PUBLIC.slice(0, 1), 'ehds:ImproveHealthcare'),
    fc.oneof(list(...AGREED.slice(1)), list<string>()),
    8,
  ),
  cells: account,
  microRho: account,
  total: fc.constantFrom(0, 4, 5, 6, 49, 50),
  week: fc.constantFrom(0, 4, 5, 6),
  approvals: fc.array(
    fc.record({
      role: fc.constantFrom('steward' as const, 'signatory' as const, 'committee' as const),
      person,
      age: rarely(fc.constant(1), fc.constantFrom(-1, 14, 15), 6),
      isOther: rarely(fc.constant(false), fc.constant(true), 10),
    }),
    { maxLength: 6 },
  ),
  duties: fc.tuple(fc.constantFrom(null, ...TIMES), fc.constantFrom(null, null, 1)),
  roster: fc.oneof(
    list(HOLDER),
    list(HOLDER, 'did:web:a.example'),
    list(HOLDER, 'did:web:a.example', 'did:web:b.example'),
  ),
});

const states = totalStates.map(
  (one) =>
    (hash: string): PolicyState => ({
      now: one.now,
      agreement: { ...state.agreement, signedBy: [...one.signedBy], status: one.status, tightened: one.tightened },
      recipient: { roles: one.roles, sector: one.sector },
      register: {
        id: request.register,
        purposes: one.approved,
        legalBasis: one.legalBasis,
        ethicsVote: { reference: 'EK 1', issued: one.issued },
      },
      ledger: { cells: one.cells, microRho: one.microRho, counts: { total: one.total, P7D: one.week } },
      approvals: one.approvals.map(({ role, person, age, isOther }) => ({
        role,
        person,
        at: (state.agreement.activatedAt ?? 0) - age * DAY,
        agreement: isOther ? OTHER : hash,
      })),
      duties: [0, 1, 2].map((at) => ({ id: `#d${at}`, since: one.duties[0], doneAt: one.duties[1] })),
      roster: one.roster,
    }),
);

const checkpoints = rarely<PolicyInput['checkpoint']>(fc.constant('P1'), fc.constantFrom('P2', 'P3', 'P4'), 3);

/** A request that any agreement can be asked with, by its hash; everything about it is known. */
export const facts = fc.record({ checkpoint: checkpoints, request: requests, state: states }).map(
  ({ checkpoint, request: asked, state: told }) =>
    (hash: string): Omit<PolicyInput, 'agreement' | 'floor'> => ({
      checkpoint,
      request: { ...asked, agreement: hash },
      state: told(hash),
    }),
);

export const policies = fc.record({ agreement: agreements, floor: floors });

export const inputs = {
  arbitrary: fc
    .record({ agreement: agreements, floor: floors, checkpoint: checkpoints })
    .chain(({ agreement, floor, checkpoint }) => {
      const hash = contentHash(agreement);
      return facts.map((make) => ({
        agreement,
        input: { ...make(hash), agreement, floor, checkpoint } satisfies PolicyInput,
      }));
    }),
  /** The same request under another document: named by the query, and approved as the first one was. */
  rename(input: PolicyInput, agreement: unknown): PolicyInput {
    if (agreement === input.agreement) return input;
    const [before, after] = [contentHash(input.agreement), contentHash(agreement)];
    const approvals = input.state.approvals.map((one) =>
      one.agreement === before ? { ...one, agreement: after } : one,
    );
    return {
      ...input,
      agreement,
      request: { ...input.request, agreement: after },
      state: { ...input.state, approvals },
    };
  },
};

/** The same constraint, a step narrower. */
export function narrowed(constraint: Constraint): Constraint {
  const { rightOperand } = constraint;
  switch (constraint.leftOperand) {
    case 'rv:groupVariable':
    case 'rv:filterVariable':
      return { ...constraint, rightOperand: constraint.rightOperand.slice(0, Math.max(1, rightOperand.length - 1)) };
    case 'rv:measure':
      return { ...constraint, rightOperand: constraint.rightOperand.slice(0, Math.max(1, rightOperand.length - 1)) };
    case 'rv:recipientSector':
      return { ...constraint, rightOperand: constraint.rightOperand.slice(0, Math.max(1, rightOperand.length - 1)) };
    case 'rv:maxDimensions':
    case 'rv:budgetCells':
    case 'rv:budgetMicroRho':
    case 'odrl:count':
      return { ...constraint, rightOperand: String(Math.max(0, Number(rightOperand) - 1)) };
    case 'rv:minContributingNodes':
    case 'rv:minCellSize':
      return { ...constraint, rightOperand: String(Number(rightOperand) + 1) };
    case 'odrl:dateTime': {
      const step = constraint.operator === 'lt' ? -1000 : 1000;
      return { ...constraint, rightOperand: timestampAt(Date.parse(constraint.rightOperand) + step) };
    }
    default:
      return constraint;
  }
}
