/** The operands of the policy profile: which operator and which right operand each takes; whatever is not listed is refused. */
import { z } from 'zod';
import { Name, RegisterId, Sha256, Timestamp } from './ids.ts';
import { LegalBasisCode } from './legal-bases.ts';

/** An integer operand in its canonical decimal form: the Dataspace Protocol's schemas refuse numbers. */
export const IntegerOperand = z.string().regex(/^(0|[1-9][0-9]{0,14})$/, 'expected a canonical decimal integer');

/** Whole years, months, weeks or days of ISO 8601, since deadlines are calendar dates. */
export const DurationOperand = z
  .string()
  .regex(
    /^P(?:[1-9][0-9]{0,2}W|(?=[1-9])(?:[1-9][0-9]{0,1}Y)?(?:[1-9][0-9]{0,2}M)?(?:[1-9][0-9]{0,3}D)?)$/,
    'expected an ISO 8601 duration of years, months, weeks or days',
  );

export const PurposeCode = z
  .string()
  .max(120)
  .regex(/^[a-z]+:[A-Za-z0-9-]{1,80}$/, 'expected prefix:Name');

/** What the signed membership says of the organisation. EHDS Art. 53(2) asks for it: letters (a) to (c) are for the first two. */
export const RecipientSector = z.enum([
  'public-body',
  'mandatee',
  'research',
  'care',
  'insurer',
  'non-profit',
  'commercial',
]);
export type RecipientSector = z.infer<typeof RecipientSector>;

export const RecipientRole = z.enum(['researcher', 'planner']);
export type RecipientRole = z.infer<typeof RecipientRole>;

/** Those whose approval counts; a data protection officer advises and is none of them. */
export const ApprovalRole = z.enum(['steward', 'signatory', 'committee']);
export type ApprovalRole = z.infer<typeof ApprovalRole>;

export const MeasureKind = z.enum(['count', 'sum', 'rate']);
export type MeasureKind = z.infer<typeof MeasureKind>;

/** A number of an ethics vote, a file, a permit. */
export const Reference = z.string().regex(/^[\x20-\x7e]{1,200}$/, 'expected 1 to 200 printable ASCII characters');

const term = <L extends string, const O extends readonly [string, ...string[]], R extends z.ZodType>(
  left: L,
  operators: O,
  right: R,
) => z.strictObject({ leftOperand: z.literal(left), operator: z.enum(operators), rightOperand: right });

const listOf = <T extends z.ZodType>(item: T, max = 500) =>
  z
    .array(item)
    .min(1)
    .max(max)
    .refine((all) => new Set(all).size === all.length, { message: 'an element stands there twice' });

/** `isPartOf`: every requested element stands on the right (permissions). `isAnyOf`: one of them does (prohibitions). */
const requested = <L extends string, T extends z.ZodType>(left: L, item: T, max?: number) =>
  term(left, ['isPartOf', 'isAnyOf'], listOf(item, max));

const oneOrAny = <L extends string, T extends z.ZodType>(left: L, item: T) =>
  z.discriminatedUnion('operator', [term(left, ['eq'], item), term(left, ['isAnyOf'], listOf(item))]);

/** Names of a code list's level; the agreement pins the list, and thereby which level is finer. */
const level = Name;

export const Constraint = z.discriminatedUnion('leftOperand', [
  term('rv:purpose', ['isA', 'eq'], PurposeCode),
  oneOrAny('rv:register', RegisterId),
  oneOrAny('rv:legalBasis', LegalBasisCode),
  z.discriminatedUnion('operator', [
    term('rv:ethicsVote', ['eq'], Reference),
    term('rv:ethicsVote', ['isAnyOf'], listOf(Reference)),
    /** The vote is younger than this. */
    term('rv:ethicsVote', ['gt'], Timestamp),
  ]),
  term('rv:recipientRole', ['isAnyOf'], listOf(RecipientRole)),
  term('rv:recipientSector', ['isAnyOf'], listOf(RecipientSector)),
  term('odrl:dateTime', ['gteq', 'lt'], Timestamp),
  term('rv:minCellSize', ['gteq'], IntegerOperand),
  requested('rv:measure', MeasureKind),
  requested('rv:groupVariable', Name),
  requested('rv:filterVariable', Name),
  requested('rv:tables', Sha256, 2000),
  term('rv:spatialResolution', ['lteq'], level),
  term('rv:temporalResolution', ['lteq'], level),
  term('rv:ageBand', ['lteq'], level),
  term('rv:maxDimensions', ['lteq'], IntegerOperand),
  term('rv:minContributingNodes', ['gteq'], IntegerOperand),
  term('rv:budgetCells', ['lteq'], IntegerOperand),
  term('rv:budgetMicroRho', ['lteq'], IntegerOperand),
  /** Questions answered, within `rv:per` or altogether. */
  z.strictObject({
    leftOperand: z.literal('odrl:count'),
    operator: z.literal('lteq'),
    rightOperand: IntegerOperand,
    'rv:per': DurationOperand.optional(),
  }),
  term('rv:approval', ['isAllOf'], listOf(ApprovalRole)),
]);
export type Constraint = z.infer<typeof Constraint>;
export type LeftOperand = Constraint['leftOperand'];

/** When a duty falls due: so long after its trigger, or at a date. */
export const DutyConstraint = z.discriminatedUnion('leftOperand', [
  term('odrl:elapsedTime', ['lteq'], DurationOperand),
  term('odrl:dateTime', ['lt'], Timestamp),
]);
export type DutyConstraint = z.infer<typeof DutyConstraint>;
