/** The canonical question: defaults filled in, sorted, without repetition; what a researcher signs and a node demands. */
import { AppError, type Dimension, type FilterTerm, Question, type QuestionInput } from '@revier/schema';
import { canonicalText, sortedUnique } from './canonical.ts';

/** @throws AppError INVALID_REQUEST with pointers when the tree does not fit the schema. */
export function canonicalQuestion(input: QuestionInput): Question {
  const parsed = Question.safeParse(input);
  if (!parsed.success)
    throw new AppError('INVALID_REQUEST', {
      errors: parsed.error.issues.map((issue) => ({ pointer: `/${issue.path.join('/')}`, detail: issue.message })),
    });
  const question = parsed.data;
  return {
    ...question,
    by: sortedUnique(question.by),
    aggregates: sortedByName(question.aggregates, (aggregate) => ({
      ...aggregate,
      where: sortedUnique(aggregate.where.map(canonicalTerm)),
    })),
    derived: sortedByName(question.derived, (derived) => derived),
    holders: {
      ...question.holders,
      ...(question.holders.asked === undefined ? {} : { asked: [...new Set(question.holders.asked)].sort() }),
    },
  };
}

/** Measures keep this order in every answer. */
const sortedByName = <T>(record: Readonly<Record<string, T>>, canonical: (item: T) => T): Record<string, T> =>
  Object.fromEntries(
    Object.keys(record)
      .sort()
      .flatMap((name) => (record[name] === undefined ? [] : [[name, canonical(record[name])]])),
  );

const canonicalTerm = (term: FilterTerm): FilterTerm =>
  'in' in term ? { variable: term.variable, in: [...new Set(term.in)].sort() } : term;

/** Whether a question is in the form that alone may be signed. */
export const isCanonical = (question: Question): boolean =>
  canonicalText(canonicalQuestion(question)) === canonicalText(question);

/** What a dimension is grouped by: the name of a level or of a lookup. */
export const groupingOf = (dimension: Dimension): string | undefined =>
  'lookup' in dimension ? dimension.lookup : dimension.level;
