/** From an application to offers: what is asked for is what its questions need, the same for everybody who computes it. */
import type { Application } from '@revier/schema';
import { lateStageQuestion, smallDatasets, smallVocabulary } from '@revier/testkit';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../query/canonical.ts';
import { planQuestion } from '../query/plan-question.ts';
import { canonicalQuestion } from '../query/question.ts';
import { admitAgreement, admitOffer } from './admit-agreement.ts';
import { agreementOf, customaryDuties, offersOf } from './draft-offers.ts';
import { lintPolicy } from './lint.ts';

const vocabulary = smallVocabulary();
const question = canonicalQuestion(lateStageQuestion);
const application = (over: Partial<Application> = {}): Application => ({
  ...{ kind: 'application', register: question.register, realm: 'test', version: 1, dataUser: 'did:web:uni.example' },
  title: { de: 'Krebs', en: 'Cancer' },
  purpose: question.purpose,
  ...{ aim: 'To find out.', hypotheses: [], legalBasis: 'lkrg-nrw:P23', recipientBasis: 'Research' },
  people: [
    { person: 'r1', role: 'researcher', lead: true },
    { person: 'r2', role: 'researcher', lead: false },
  ],
  ...{ author: 'r1', publicationPlan: 'An article.', questions: [question], catalogue: vocabulary.hash },
  ...{ from: '2026-01-01T00:00:00Z', expires: '2027-01-01T00:00:00Z', submitted: '2026-01-01T00:00:00Z' },
  ...over,
});
const terms = { duties: customaryDuties, budgetCells: 500, minCellSize: () => 12 };
const assignee = 'did:web:uni.example';
const timestamp = '2026-01-02T00:00:00Z';
const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};

describe('offers', () => {
  it('ask each dataset for the tables that the plan needs of it, and for nothing else', () => {
    const tasks = planQuestion(question, vocabulary).tasks;
    const offers = offersOf(application(), vocabulary, terms);
    expect(offers.map(({ dataset }) => dataset)).toEqual([...new Set(tasks.map(({ dataset }) => dataset.id))].sort());
    for (const { dataset, holder, offer } of offers) {
      const own = tasks.filter((task) => task.dataset.id === dataset);
      expect(holder).toBe(smallDatasets.find(({ id }) => id === dataset)?.holder);
      expect(offer['rv:lattice'].map(contentHash)).toEqual([...new Set(own.map(({ tableHash }) => tableHash))]);
      expect(admitOffer(offer)).toEqual(offer);
      expect(lintPolicy(offer)).toEqual([]);
    }
  });

  it('name the noise of a cohort where figures are not exact, once its holders have agreed on one', () => {
    const perturbation = { D: 5, V: 2, js: 2 };
    for (const { dataset, offer } of offersOf(application(), vocabulary, { ...terms, perturbation })) {
      const isLocal = smallDatasets.find(({ id }) => id === dataset)?.mode === 'L';
      expect(admitOffer(offer)['rv:perturbation']).toEqual(isLocal ? perturbation : undefined);
    }
    for (const { offer } of offersOf(application(), vocabulary, terms))
      expect(offer).not.toHaveProperty('rv:perturbation');
  });

  it('limit cells and budget where figures are not exact, and owe the customary duties', () => {
    for (const { dataset, offer } of offersOf(application(), vocabulary, terms)) {
      const limits = offer.permission.flatMap(({ constraint }) => constraint.map(({ leftOperand }) => leftOperand));
      const isLocal = smallDatasets.find(({ id }) => id === dataset)?.mode === 'L';
      expect([limits.includes('rv:minCellSize'), limits.includes('rv:budgetCells')]).toEqual([isLocal, isLocal]);
      expect(offer.permission[0]?.duty?.map(({ '@id': id, action }) => [id, action])).toEqual([
        ['#d1', 'rv:publish'],
        ['#d2', 'rv:attribute'],
        ['#d3', 'odrl:delete'],
      ]);
    }
  });

  it('are the same bytes whoever makes them, and become one agreement', () => {
    const [one, again] = [offersOf(application(), vocabulary, terms), offersOf(application(), vocabulary, terms)];
    expect(contentHash(one)).toBe(contentHash(again));
    for (const { offer } of one) {
      const agreement = agreementOf(offer, { assignee, timestamp });
      expect(admitAgreement(agreement)).toEqual(agreement);
      expect(agreement['@id']).not.toBe(offer['@id']);
      expect(contentHash(agreementOf(offer, { assignee, timestamp: '2026-01-03T00:00:00Z' }))).not.toBe(
        contentHash(agreement),
      );
      expect(codeOf(() => agreementOf(offer, { assignee: 'did:web:else.example', timestamp }))).toBe('POLICY_INVALID');
    }
  });

  it('of an amendment replace what is in force, and begin anew where nothing is', () => {
    const [first] = smallDatasets;
    const hash = contentHash('before');
    const inForce = (dataset: string) => (dataset === first?.id ? { hash, version: 3 } : undefined);
    for (const { dataset, offer } of offersOf(application(), vocabulary, { ...terms, inForce, tightening: true }))
      expect([offer['rv:version'], offer['rv:replaces'], offer['rv:tightening']]).toEqual(
        dataset === first?.id ? [4, hash, true] : [1, undefined, undefined],
      );
  });

  it('are not made of another catalogue, of questions about another register, or for another purpose', () => {
    const attempt = (over: Partial<Application>) => codeOf(() => offersOf(application(over), vocabulary));
    expect(attempt({ catalogue: contentHash('another') })).toBe('CATALOGUE_UNKNOWN');
    expect(attempt({ register: 'urn:revier:register:other' })).toBe('INVALID_REQUEST');
    expect(attempt({ purpose: 'ehds:HealthcareScientificResearch' })).toBe('INVALID_REQUEST');
    expect(attempt({})).toBeUndefined();
  });
});
