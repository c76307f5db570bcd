/** The question: a small, closed, typed tree without free text, expressions, SQL or user-supplied numbers. */
import { z } from 'zod';
import { Code, LookupName, Name, ParticipantId, RegisterId, VersionedName } from './ids.ts';

/** One variable against registered codes (of any level of its list) or an inclusive range of years. */
export const FilterTerm = z.union([
  z.strictObject({ variable: Name, in: z.array(Code).min(1).max(500) }),
  z.strictObject({ variable: Name, from: z.int().min(1900).max(2100), to: z.int().min(1900).max(2100) }),
]);
export type FilterTerm = z.infer<typeof FilterTerm>;

/** A dimension at a level of its hierarchy (default: the dataset's own grain), or through a lookup. */
export const Dimension = z.union([
  z.strictObject({ variable: Name, level: Name.optional() }),
  z.strictObject({ variable: Name, lookup: LookupName }),
]);
export type Dimension = z.infer<typeof Dimension>;

const where = z.array(FilterTerm).max(20).default([]);

/** The distributed part of a question. */
export const Aggregate = z.union([
  z.strictObject({ model: VersionedName, count: Name, where }),
  z.strictObject({ model: VersionedName, sum: Name, where }),
]);
export type Aggregate = z.infer<typeof Aggregate>;

const per = z.union([z.literal(1), z.literal(100), z.literal(1000), z.literal(10_000), z.literal(100_000)]);

export const CrudeRate = z.strictObject({
  events: Name,
  population: Name,
  per: per.default(100_000),
  interval: z.enum(['garwood', 'byar']).default('garwood'),
});
export const DirectRate = z.strictObject({
  events: Name,
  population: Name,
  over: z.strictObject({ variable: Name, level: Name }),
  standard: LookupName,
  per: per.default(100_000),
  interval: z.literal('fay-feuer').default('fay-feuer'),
});
export const Proportion = z.strictObject({ of: Name, among: Name, interval: z.literal('wilson').default('wilson') });

/** A sum over the count of the units that it is a sum over. */
export const Mean = z.strictObject({ of: Name, among: Name });

/** Measures that are computed at the end, from aggregates. */
export const Derived = z.union([
  z.strictObject({ crudeRate: CrudeRate }),
  z.strictObject({ directRate: DirectRate }),
  z.strictObject({ proportion: Proportion }),
  z.strictObject({ mean: Mean }),
]);
export type Derived = z.infer<typeof Derived>;

/** Who is asked, and the fewest that must answer; nobody named means every holder with an agreement and fitting data, and all of them. */
export const Holders = z.strictObject({
  asked: z.array(ParticipantId).min(1).max(1000).optional(),
  least: z.int().min(1).max(1000).optional(),
});

export const Question = z
  .strictObject({
    register: RegisterId,
    purpose: z.string().regex(/^[a-z]+:[A-Za-z0-9-]{1,80}$/, 'expected prefix:Name'),
    aggregates: z
      .record(Name, Aggregate)
      .refine((all) => Object.keys(all).length >= 1 && Object.keys(all).length <= 20, {
        message: 'expected 1 to 20 aggregates',
      }),
    by: z.array(Dimension).max(5).default([]),
    /** Totals over every subset of the dimensions as well. */
    margins: z.boolean().default(false),
    derived: z
      .record(Name, Derived)
      .refine((all) => Object.keys(all).length <= 20, { message: 'expected 20 derived measures at most' })
      .default({}),
    holders: Holders.default({}),
  })
  .meta({ id: 'Question', description: 'A federated question; its canonical form is what a researcher signs' });
export type Question = z.infer<typeof Question>;
/** What a person may write: defaults left out. */
export type QuestionInput = z.input<typeof Question>;
