/** How long a node thinks about an agreement: the whole evaluation, beside one canonical hash of the same agreement. */
import {
  canonicalQuestion,
  contentHash,
  evaluate,
  openAgreement,
  type PolicyInput,
  planQuestion,
  policyRequest,
  purposeSchemeHash,
} from '@revier/core';
import { type Agreement, type Constraint, PROFILE } from '@revier/schema';
import { lateStageQuestion, smallVocabulary } from '@revier/testkit';
import type { Bench, Row } from '../row.ts';

const USER = 'did:web:uni.example';
const NOW = Date.parse('2026-06-01T00:00:00Z');

function inputOf(): PolicyInput {
  const vocabulary = smallVocabulary();
  const question = canonicalQuestion(lateStageQuestion);
  const task = planQuestion(question, vocabulary).tasks.find(({ dataset }) => dataset.mode === 'L');
  if (task === undefined) throw new Error('a registry is asked');
  const { dataModels, codeLists, lookups, standards } = vocabulary.catalogue;
  const constraint: Constraint[] = [
    { leftOperand: 'rv:purpose', operator: 'isA', rightOperand: question.purpose },
    { leftOperand: 'rv:tables', operator: 'isPartOf', rightOperand: [task.tableHash] },
    { leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: '2027-01-01T00:00:00Z' },
    { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: '10' },
    { leftOperand: 'rv:spatialResolution', operator: 'lteq', rightOperand: 'district' },
    { leftOperand: 'rv:maxDimensions', operator: 'lteq', rightOperand: '5' },
  ];
  const document: Agreement = {
    '@context': ['http://www.w3.org/ns/odrl.jsonld', 'urn:revier:ctx:1'],
    '@type': 'Agreement',
    '@id': 'urn:uuid:00000000-0000-4000-8000-000000000001',
    profile: PROFILE,
    conflict: 'prohibit',
    timestamp: '2026-01-01T00:00:00Z',
    ...{ assigner: task.holder, assignee: USER, target: task.dataset.id, 'rv:register': question.register },
    ...{ 'rv:realm': 'test', 'rv:version': 1, 'rv:purposeScheme': purposeSchemeHash, 'rv:legalBasis': 'invented' },
    ...{ 'rv:dataModels': dataModels, 'rv:codeLists': codeLists, 'rv:lookups': lookups, 'rv:standards': standards },
    'rv:lattice': [task.table],
    permission: [{ '@id': '#p1', action: 'rv:aggregate', constraint }],
    prohibition: [{ '@id': '#x1', action: 'rv:reidentify', constraint: [] }],
  };
  const { agreement, hash } = openAgreement(document);
  const asking = { agreement: hash, dataUser: USER, realm: 'test', register: question.register, cells: 108 } as const;
  return {
    checkpoint: 'P1',
    agreement,
    floor: {
      ...{ kind: 'floor', holder: task.holder, realm: 'test', minCellSize: 5, publicDatasets: [] },
      ...{ maxDimensions: 5, maxCells: 2000 },
    },
    request: policyRequest(task, vocabulary, {
      ...asking,
      ...{ purposes: [question.purpose], action: 'rv:aggregate', attestation: 'user', minCellSize: null },
    }),
    state: {
      now: NOW,
      agreement: { signedBy: [task.holder, USER], status: 'ACTIVE', tightened: false, author: null, activatedAt: NOW },
      recipient: { roles: ['researcher'], sector: 'public-body' },
      register: { id: question.register, purposes: [question.purpose], legalBasis: null, ethicsVote: null },
      ledger: { cells: null, microRho: null, counts: {} },
      ...{ approvals: [], duties: [], roster: null },
    },
  };
}

/** The 99th percentile, ms. */
function p99(rounds: number, run: () => void): number {
  for (let at = 0; at < rounds / 10; at += 1) run();
  const times = Array.from({ length: rounds }, () => {
    const began = performance.now();
    run();
    return performance.now() - began;
  });
  return times.sort((a, b) => a - b)[Math.floor(rounds * 0.99)] ?? Number.NaN;
}

export async function measurePolicy({ quick, say }: Bench): Promise<Row[]> {
  say('f: deciding under an agreement');
  const rounds = quick ? 2000 : 20_000;
  const input = inputOf();
  if (evaluate(input).decision !== 'allow') throw new Error('the measured request is an allowed one');
  const floor = {
    what: 'one canonical hash of the agreement',
    value: p99(rounds, () => void contentHash(input.agreement)),
  };
  const unread = structuredClone(input.agreement);
  return [
    {
      part: 'f',
      what: 'one decision, p99',
      value: p99(rounds, () => void evaluate(input)),
      unit: 'ms',
      floor,
      reach: 1,
    },
    {
      ...{ part: 'f', what: 'one decision on an agreement read anew, p99', unit: 'ms', floor },
      value: p99(rounds / 10, () => void evaluate({ ...input, agreement: structuredClone(unread) })),
    },
  ];
}
