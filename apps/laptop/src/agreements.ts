/** Agreements of the laptop federation: what each register's questions need of a holder becomes the tables that it agrees to. */
import { createHash } from 'node:crypto';
import {
  canonicalQuestion,
  contentHash,
  type PlanTask,
  planQuestion,
  purposeSchemeHash,
  type Vocabulary,
} from '@revier/core';
import { type Agreement, type Constraint, PROFILE, type Question, type Table } from '@revier/schema';
import type { FederationSpec, RegisterSpec } from './federation-spec.ts';

export interface AgreementTerms {
  readonly spec: FederationSpec;
  readonly vocabulary: Vocabulary;
  /** First and last day, UTC. */
  readonly from: string;
  readonly until: string;
}

/** One agreement per register and dataset, unsigned, each with the holder that it is for. */
export const draftAgreements = (terms: AgreementTerms): Agreement[] =>
  terms.spec.registers.flatMap((register) => ofRegister(terms, register));

function ofRegister(terms: AgreementTerms, register: RegisterSpec): Agreement[] {
  const planned = register.questions.map((input) => {
    const question = canonicalQuestion(input);
    return { question, tasks: planQuestion(question, terms.vocabulary).tasks };
  });
  const datasets = new Map(planned.flatMap(({ tasks }) => tasks.map((task) => [task.dataset.id, task])));
  return [...datasets.values()].map((task) => draft(terms, register, task, planned));
}

function draft(
  terms: AgreementTerms,
  register: RegisterSpec,
  task: PlanTask,
  planned: readonly { question: Question; tasks: readonly PlanTask[] }[],
): Agreement {
  const own = planned.flatMap(({ tasks }) => tasks.filter(({ dataset }) => dataset.id === task.dataset.id));
  const lattice = [...new Map(own.map(({ tableHash, table }) => [tableHash, table])).values()];
  const purposes = [...new Set(planned.map(({ question }) => question.purpose))];
  const { catalogue } = terms.vocabulary;
  return {
    '@context': ['http://www.w3.org/ns/odrl.jsonld', 'urn:revier:ctx:1'],
    '@type': 'Agreement',
    '@id': uuidOf(`${register.id} ${task.dataset.id}`),
    profile: PROFILE,
    conflict: 'prohibit',
    timestamp: terms.from,
    assigner: task.holder,
    assignee: terms.spec.dataUser.id,
    target: task.dataset.id,
    'rv:register': register.id,
    'rv:realm': 'test',
    'rv:version': 1,
    'rv:purposeScheme': purposeSchemeHash,
    'rv:legalBasis': register.legalBasis,
    ...versionsOf(lattice, task, catalogue),
    'rv:lattice': lattice,
    permission: purposes.map((purpose, at) => ({
      '@id': `#p${at + 1}`,
      action: 'rv:aggregate',
      constraint: constraintsOf(terms, task, lattice, purpose),
    })),
    prohibition: [
      { '@id': '#x1', action: 'rv:reidentify', constraint: [] },
      { '@id': '#x2', action: 'rv:linkRecords', constraint: [] },
      { '@id': '#x3', action: 'rv:rowExport', constraint: [] },
      { '@id': '#x4', action: 'odrl:sell', constraint: [] },
    ],
  };
}

function constraintsOf(
  { spec, from, until }: AgreementTerms,
  task: PlanTask,
  lattice: readonly Table[],
  purpose: string,
): Constraint[] {
  const k = spec.holders.find(({ id }) => id === task.holder)?.minCellSize ?? 10;
  return [
    { leftOperand: 'rv:purpose', operator: 'isA', rightOperand: purpose },
    { leftOperand: 'rv:tables', operator: 'isPartOf', rightOperand: lattice.map(contentHash) },
    { leftOperand: 'odrl:dateTime', operator: 'gteq', rightOperand: from },
    { leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: until },
    ...(task.dataset.mode === 'L'
      ? ([{ leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: String(k) }] satisfies Constraint[])
      : []),
  ];
}

/** Exactly the versions that the tables stand on. */
function versionsOf(lattice: readonly Table[], task: PlanTask, catalogue: Vocabulary['catalogue']) {
  const models = lattice.flatMap((table) => [table.model, ...table.coverage.map(({ model }) => model)]);
  const lookups = lattice.flatMap(({ by }) =>
    by.flatMap((dimension) => ('lookup' in dimension ? [dimension.lookup] : [])),
  );
  const standards = lattice.flatMap(({ measures }) =>
    measures.flatMap((measure) => (measure.kind === 'direct-rate' ? [measure.standard] : [])),
  );
  const lists = Object.values(task.dataset.grain).map(({ codeList }) => codeList);
  return {
    'rv:dataModels': pick(catalogue.dataModels, models),
    'rv:codeLists': pick(catalogue.codeLists, lists),
    'rv:lookups': pick(catalogue.lookups, lookups),
    'rv:standards': pick(catalogue.standards, standards),
  };
}

const pick = <T>(all: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));

/** A name-based UUID (version 8, RFC 9562 section 5.8), so that founding the same federation twice names its agreements alike. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
