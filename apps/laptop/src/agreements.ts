/** Agreements of the laptop federation: what each register's questions need of a holder becomes the tables that it agrees to. */
import { agreementOf, draftOffers, type Vocabulary } from '@revier/core';
import type { Agreement } from '@revier/schema';
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

function ofRegister({ spec, vocabulary, from, until }: AgreementTerms, register: RegisterSpec): Agreement[] {
  const occasion = {
    register: register.id,
    realm: 'test' as const,
    dataUser: spec.dataUser.id,
    version: 1,
    legalBasis: register.legalBasis,
    purposes: [...new Set(register.questions.map(({ purpose }) => purpose))],
    questions: register.questions,
    from,
    until,
  };
  const minCellSize = (holder: string): number => spec.holders.find(({ id }) => id === holder)?.minCellSize ?? 10;
  return draftOffers(occasion, vocabulary, { minCellSize }).map(({ offer }) =>
    agreementOf(offer, { assignee: spec.dataUser.id, timestamp: from }),
  );
}
