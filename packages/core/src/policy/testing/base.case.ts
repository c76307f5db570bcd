/** Base B of the design's decision tests: a research agreement with every kind of limit, and a request that fits it. */
import type { Agreement, Constraint, Floor, Permission, Prohibition, Table } from '@revier/schema';
import { contentHash } from '../../query/canonical.ts';
import { openAgreement } from '../admit-agreement.ts';
import type { Decision } from '../decision.ts';
import { evaluate } from '../evaluate.ts';
import { purposeSchemeHash } from '../purpose.ts';
import type { PolicyInput, PolicyRequest, PolicyState } from '../snapshot.ts';

export const HOLDER = 'did:web:lkr.example';
export const USER = 'did:web:uni.example';
export const MICRO_RHO = 1_000_000;
export const DAY = 86_400_000;

export const table: Table = {
  model: 'cancer-case/1',
  by: [{ variable: 'sex', level: 'code' }],
  margins: false,
  coverage: [],
  measures: [{ kind: 'count', unit: 'persons', where: [] }],
};

const version = (name: string) => contentHash(name);

export const constraints: readonly Constraint[] = [
  { leftOperand: 'rv:purpose', operator: 'isA', rightOperand: 'ehds:HealthcareScientificResearch' },
  { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: '10' },
  { leftOperand: 'rv:measure', operator: 'isPartOf', rightOperand: ['count', 'rate'] },
  { leftOperand: 'rv:groupVariable', operator: 'isPartOf', rightOperand: ['site', 'sex', 'age', 'area'] },
  { leftOperand: 'rv:filterVariable', operator: 'isPartOf', rightOperand: ['sex', 'diagnosisYear'] },
  { leftOperand: 'rv:spatialResolution', operator: 'lteq', rightOperand: 'kreis' },
  { leftOperand: 'rv:minContributingNodes', operator: 'gteq', rightOperand: '3' },
  { leftOperand: 'rv:budgetMicroRho', operator: 'lteq', rightOperand: String(MICRO_RHO) },
  { leftOperand: 'odrl:count', operator: 'lteq', rightOperand: '50' },
  { leftOperand: 'odrl:dateTime', operator: 'gteq', rightOperand: '2026-01-01T00:00:00Z' },
  { leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: '2027-01-01T00:00:00Z' },
  { leftOperand: 'rv:approval', operator: 'isAllOf', rightOperand: ['steward', 'signatory'] },
];

export const permission: Permission = { '@id': '#p1', action: 'rv:aggregate', constraint: [...constraints] };
export const prohibitions: Prohibition[] = [
  { '@id': '#x1', action: 'rv:reidentify', constraint: [] },
  { '@id': '#x2', action: 'rv:linkRecords', constraint: [] },
];

export const base: Agreement = {
  '@context': ['http://www.w3.org/ns/odrl.jsonld', 'urn:revier:ctx:1'],
  '@type': 'Agreement',
  '@id': 'urn:uuid:00000000-0000-4000-8000-000000000001',
  profile: 'urn:revier:profile:1',
  conflict: 'prohibit',
  timestamp: '2026-01-01T00:00:00Z',
  assigner: HOLDER,
  assignee: USER,
  target: 'urn:revier:dataset:lkr-onko',
  'rv:register': 'urn:revier:register:onko',
  'rv:realm': 'test',
  'rv:version': 3,
  'rv:replaces': version('v2'),
  'rv:purposeScheme': purposeSchemeHash,
  'rv:legalBasis': 'LKRG NRW section 23',
  'rv:permitRef': 'HDAB 2026/17',
  'rv:dataModels': { 'cancer-case/1': version('cancer-case/1') },
  'rv:codeLists': { 'sex/1': version('sex/1') },
  'rv:lookups': {},
  'rv:standards': {},
  'rv:lattice': [table],
  permission: [permission],
  prohibition: prohibitions,
};

export const floor: Floor = {
  kind: 'floor',
  holder: HOLDER,
  realm: 'test',
  minCellSize: 5,
  publicDatasets: [],
  maxDimensions: 5,
  maxCells: 2000,
};

export const request: PolicyRequest = {
  agreement: contentHash(base),
  holder: HOLDER,
  dataUser: USER,
  realm: 'test',
  register: 'urn:revier:register:onko',
  purposes: ['ehds:HealthcareScientificResearch'],
  action: 'rv:aggregate',
  attestation: 'user',
  dataset: 'urn:revier:dataset:lkr-onko',
  mode: 'L',
  tableHash: contentHash(table),
  measures: ['count'],
  groupVariables: ['area', 'sex'],
  filterVariables: ['sex'],
  grains: [{ variable: 'area', concept: 'area', level: 'kreis', scale: ['gemeinde', 'kreis', 'land'] }],
  dimensions: 2,
  cells: 108,
  minCellSize: null,
  versions: {
    dataModels: { 'cancer-case/1': version('cancer-case/1') },
    codeLists: { 'sex/1': version('sex/1') },
    lookups: {},
    standards: {},
  },
};

const activatedAt = Date.parse('2026-01-02T00:00:00Z');

export const approvalsOf = (agreement: unknown, people = ['anna', 'bernd']) =>
  (['steward', 'signatory'] as const).map((role, at) => ({
    role,
    person: people[at] ?? '',
    agreement: contentHash(agreement),
    at: activatedAt - DAY,
  }));

export const state: PolicyState = {
  now: Date.parse('2026-06-01T12:00:00Z'),
  agreement: { signedBy: [HOLDER, USER], status: 'ACTIVE', tightened: false, author: 'clara', activatedAt },
  recipient: { roles: ['researcher'], sector: 'research' },
  register: {
    id: 'urn:revier:register:onko',
    purposes: ['ehds:HealthcareScientificResearch'],
    legalBasis: 'lkrg-nrw:P23',
    ethicsVote: { reference: 'EK 12/2025', issued: Date.parse('2025-11-01T00:00:00Z') },
  },
  ledger: { cells: { spent: 0, cost: 108 }, microRho: { spent: 0, cost: 1 }, counts: { total: 0, P7D: 0 } },
  approvals: approvalsOf(base),
  duties: [],
  roster: null,
};

export interface Change {
  readonly agreement?: unknown;
  readonly floor?: Partial<Floor>;
  readonly request?: Partial<PolicyRequest>;
  readonly state?: Partial<PolicyState>;
  readonly checkpoint?: PolicyInput['checkpoint'];
}

/** Base B with a change; a changed agreement is named, signed and approved as it is then. */
export function inputOf({ agreement = base, checkpoint = 'P1', ...change }: Change = {}): PolicyInput {
  const hash = contentHash(agreement ?? null);
  return {
    checkpoint,
    agreement,
    floor: { ...floor, ...change.floor },
    request: { ...request, agreement: hash, ...change.request },
    state: { ...state, approvals: approvalsOf(agreement ?? null), ...change.state },
  };
}

export const decide = (change: Change = {}): Decision => evaluate(inputOf(change));

/** Codes with their pointers, or `allow`. */
export const verdictOf = (decision: Decision): string[] =>
  decision.decision === 'deny' ? decision.reasons.map(({ code, pointer }) => `${code} ${pointer}`) : ['allow'];

export const withPermission = (change: Partial<Permission>): Agreement => ({
  ...base,
  permission: [{ ...permission, ...change }],
});
export const withConstraint = (at: number, constraint: unknown): unknown => ({
  ...base,
  permission: [
    { ...permission, constraint: constraints.map((one, place): unknown => (place === at ? constraint : one)) },
  ],
});
export const withExtra = (...extra: Constraint[]): Agreement =>
  withPermission({ constraint: [...constraints, ...extra] });

export const admittedHash = (agreement: unknown): string => openAgreement(agreement).hash;
