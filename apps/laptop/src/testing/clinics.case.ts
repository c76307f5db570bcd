/** Four clinics that answer together (mode F), or the same four each for itself (mode L). */
import type { DatasetDescription, QuestionInput } from '@revier/schema';
import type { FederationSpec } from '../federation-spec.ts';
import { ruhrFederation } from '../ruhr-federation.ts';

export const register = 'urn:revier:register:rehab-together';

/** Small figures: patients of one year of discharge by diagnosis group everybody treats, sex and answer. */
export const patients: QuestionInput = {
  register,
  purpose: 'ehds:EnsureQualitySafetyHealthcare',
  aggregates: {
    patients: { model: 'rehab-episode/1', count: 'persons', where: [{ variable: 'year', from: 2016, to: 2020 }] },
  },
  by: [{ variable: 'year' }, { variable: 'sex' }],
};

/** The same by age: most cells are small, and many a clinic has nobody in them. */
export const patientsByAge: QuestionInput = {
  ...patients,
  by: [{ variable: 'year' }, { variable: 'sex' }, { variable: 'age', level: 'band5' }],
};

export function clinicsFederation(
  persons: number,
  mode: DatasetDescription['mode'] = 'F',
  questions: readonly QuestionInput[] = [patients, patientsByAge],
): FederationSpec {
  const spec = ruhrFederation(persons);
  return {
    ...spec,
    holders: spec.holders
      .filter(({ slug }) => slug.startsWith('klinik-'))
      .map(({ disclosure: _, ...holder }) => ({
        ...holder,
        datasets: holder.datasets.map((dataset) => ({ ...dataset, mode })),
      })),
    registers: [
      {
        id: register,
        title: { de: 'Kliniken gemeinsam', en: 'Clinics together' },
        aim: 'How many patients do the clinics treat together?',
        legalBasis: 'gdng:P6-1',
        recipientBasis: 'Joint quality assurance of the clinics',
        questions,
      },
    ],
    demonstration: [],
  };
}
