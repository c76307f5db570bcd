/** An application as a person writes it: what the machine knows is left out, and filled in when it is checked or handed in. */
import type { OfferTerms, Vocabulary } from '@revier/core';
import { canonicalQuestion, customaryDuties } from '@revier/core';
import { AppError, Application, Duty, Perturbation, Question, type Sha256 } from '@revier/schema';
import { z } from 'zod';
import type { LoadedParticipant } from '../participant/participant.ts';

const { register, purpose, ...asked } = Question.shape;
/** Register and purpose are those of the application, unless a narrower purpose is named. */
const DraftQuestion = z.strictObject({ ...asked, register: register.optional(), purpose: purpose.optional() });

export const DraftTerms = z.strictObject({
  /** Fewest persons of a shown cell. */
  minCellSize: z.int().min(3).max(1000).default(10),
  /** Cells that may be answered altogether. */
  budgetCells: z.int().min(1).max(1_000_000_000).default(1_000_000),
  /** Left out: publish within 18 months, name the source, delete after ten years. */
  duties: z
    .array(Duty.omit({ '@id': true }))
    .max(20)
    .optional(),
  /** The noise of counts that the holders have agreed on as a cohort: one with other noise, or with none, refuses. */
  perturbation: Perturbation.optional(),
});

const {
  kind: _,
  realm: __,
  version: ___,
  dataUser: ____,
  catalogue: _____,
  submitted: ______,
  ...written
} = Application.shape;

export const DraftApplication = z.strictObject({
  ...written,
  replaces: z.undefined().optional(),
  hypotheses: written.hypotheses.default([]),
  questions: z.array(DraftQuestion).min(1).max(200),
  terms: DraftTerms.prefault({}),
});
export type DraftApplication = z.infer<typeof DraftApplication>;

export interface Filling {
  readonly own: Pick<LoadedParticipant, 'participant' | 'realm'>;
  readonly vocabulary: Vocabulary;
  readonly now: Date;
  /** For an amendment. */
  readonly before?: { readonly version: number; readonly hash: Sha256 } | undefined;
}

/** @throws AppError INVALID_REQUEST with the places that do not fit */
export function filledIn(draft: DraftApplication, { own, vocabulary, now, before }: Filling): Application {
  const { terms: _terms, questions, replaces: _replaces, ...rest } = draft;
  const result = Application.safeParse({
    ...rest,
    kind: 'application',
    realm: own.realm,
    version: (before?.version ?? 0) + 1,
    ...(before === undefined ? {} : { replaces: before.hash }),
    dataUser: own.participant,
    questions: questions.map((question) =>
      canonicalQuestion({
        ...question,
        register: question.register ?? draft.register,
        purpose: question.purpose ?? draft.purpose,
      }),
    ),
    catalogue: vocabulary.hash,
    submitted: now.toISOString(),
  });
  if (result.success) return result.data;
  throw new AppError('INVALID_REQUEST', {
    errors: result.error.issues.map(({ path, message }) => ({
      pointer: `/${path.map(String).join('/')}`,
      detail: message,
    })),
  });
}

export const termsOf = ({
  terms: { minCellSize, budgetCells, duties, perturbation },
}: DraftApplication): OfferTerms => ({
  minCellSize: () => minCellSize,
  budgetCells,
  duties: duties ?? customaryDuties,
  perturbation,
});
