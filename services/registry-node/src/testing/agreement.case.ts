/** Agreements for the tests: whatever given questions need of a dataset, signed by both sides. */
import { randomUUID } from 'node:crypto';
import { signGeneral } from '@revier/connector-sdk';
import { canonicalQuestion, contentHash, planQuestion, purposeSchemeHash, type Vocabulary } from '@revier/core';
import {
  type Agreement,
  type Constraint,
  type DatasetId,
  type Duty,
  type GeneralJws,
  PROFILE,
  type QuestionInput,
  type Sha256,
} from '@revier/schema';
import type { Parties, Party } from './parties.case.ts';

export interface Signed {
  readonly agreement: Agreement;
  readonly hash: Sha256;
  readonly jws: GeneralJws;
}

export interface Terms {
  readonly vocabulary: Vocabulary;
  readonly dataset: DatasetId;
  /** Its tables are what these need; register and purpose are the first one's. */
  readonly questions: readonly QuestionInput[];
  readonly change?: (agreement: Agreement) => Agreement;
}

export async function signAgreement(parties: Parties, holder: Party, terms: Terms): Promise<Signed> {
  const draft = draftAgreement(parties, holder, terms);
  const agreement = terms.change?.(draft) ?? draft;
  const keys = [holder.privateKey, parties.university.privateKey];
  return { agreement, hash: contentHash(agreement), jws: await signGeneral('revier-agreement+jws', agreement, keys) };
}

function draftAgreement(parties: Parties, holder: Party, { vocabulary, dataset, questions }: Terms): Agreement {
  const [first] = questions;
  const tasks = questions
    .flatMap((question) => planQuestion(canonicalQuestion(question), vocabulary).tasks)
    .filter((task) => task.dataset.id === dataset);
  if (first === undefined || tasks.length === 0) throw new Error('the questions need nothing of this dataset');
  const lattice = [...new Map(tasks.map(({ tableHash, table }) => [tableHash, table])).values()];
  const { dataModels, codeLists, lookups, standards } = vocabulary.catalogue;
  return {
    '@context': ['http://www.w3.org/ns/odrl.jsonld', 'urn:revier:ctx:1'],
    '@type': 'Agreement',
    '@id': `urn:uuid:${randomUUID()}`,
    profile: PROFILE,
    conflict: 'prohibit',
    timestamp: '2026-01-01T00:00:00Z',
    assigner: holder.id,
    assignee: parties.university.id,
    target: dataset,
    'rv:register': first.register,
    'rv:realm': 'test',
    'rv:version': 1,
    'rv:purposeScheme': purposeSchemeHash,
    'rv:legalBasis': 'invented for tests',
    'rv:dataModels': dataModels,
    'rv:codeLists': codeLists,
    'rv:lookups': lookups,
    'rv:standards': standards,
    'rv:lattice': lattice,
    permission: [
      {
        '@id': '#p1',
        action: 'rv:aggregate',
        constraint: [
          { leftOperand: 'rv:purpose', operator: 'isA', rightOperand: first.purpose },
          { leftOperand: 'rv:tables', operator: 'isPartOf', rightOperand: lattice.map(contentHash) },
          { leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: '2099-01-01T00:00:00Z' },
        ],
      },
    ],
    prohibition: [{ '@id': '#x1', action: 'rv:reidentify', constraint: [] }],
  };
}

export const limit = (leftOperand: 'rv:budgetCells' | 'odrl:count', rightOperand: string, per?: string): Constraint =>
  leftOperand === 'rv:budgetCells'
    ? { leftOperand, operator: 'lteq', rightOperand }
    : { leftOperand, operator: 'lteq', rightOperand, ...(per === undefined ? {} : { 'rv:per': per }) };

export const withTerms =
  (constraints: readonly Constraint[], duty: readonly Duty[] = []) =>
  (agreement: Agreement): Agreement => ({
    ...agreement,
    permission: agreement.permission.map((rule) => ({
      ...rule,
      constraint: [...rule.constraint, ...constraints],
      ...(duty.length === 0 ? {} : { duty: [...duty] }),
    })),
  });
