/** The answer: every cell with a status, never a bare gap, and what each missing one means. */
import { z } from 'zod';
import { DisclosureMode } from './catalogue.ts';
import { CompactJws } from './envelope.ts';
import { Code, DatasetId, Name, ParticipantId, Realm, RegisterId, Sha256, Text, Timestamp, Uuid } from './ids.ts';
import { Perturbation } from './perturbation.ts';
import { Question } from './query.ts';
import { EventClass } from './release.ts';
import { Reason } from './task.ts';

const number = z.number();

/** The noise of a figure, in the figure's own unit. */
export const CellError = z.strictObject({
  /** Standard deviation; of a sum over holders, that of all their noise together. */
  sd: number.nonnegative(),
  /** In 95 of 100 cases the figure is not farther off than this. */
  within95: number.nonnegative(),
  /** It is never farther off than this; absent where there is no bound. */
  max: number.nonnegative().optional(),
});
export type CellError = z.infer<typeof CellError>;

/** One figure of one cell. A figure stands only where its status allows one. */
export const Cell = z
  .discriminatedUnion('status', [
    z.strictObject({
      status: z.literal('value'),
      value: number,
      lower: number.optional(),
      upper: number.optional(),
      events: EventClass.optional(),
      error: CellError.optional(),
    }),
    /** Structural, or open data; a data zero under disclosure control is `withheld`. */
    z.strictObject({
      status: z.literal('zero'),
      value: z.literal(0),
      lower: number.optional(),
      upper: number.optional(),
    }),
    z.strictObject({ status: z.literal('withheld') }),
    /** A released figure whose interval is too wide to act on. */
    z.strictObject({
      status: z.literal('unreliable'),
      value: number,
      lower: number.optional(),
      upper: number.optional(),
      events: EventClass.optional(),
      error: CellError.optional(),
    }),
    z.strictObject({ status: z.literal('notCollected') }),
    z.strictObject({ status: z.literal('grainUnavailable') }),
    z.strictObject({ status: z.literal('refused') }),
    z.strictObject({ status: z.literal('offline') }),
    z.strictObject({ status: z.literal('pending') }),
  ])
  .meta({ id: 'Cell' });
export type Cell = z.infer<typeof Cell>;

export const AnswerDimension = z.strictObject({
  name: Name,
  /** The level, or the lookup, that the codes belong to. */
  grouping: z.string().max(80),
  title: Text,
  codes: z.array(z.strictObject({ code: Code, label: Text })),
});

export const AnswerMeasure = z.strictObject({
  name: Name,
  kind: z.enum(['count', 'sum', 'crude-rate', 'direct-rate', 'proportion', 'mean']),
  per: z.int().optional(),
  interval: z.string().max(40).optional(),
  standard: z.string().max(80).optional(),
  /** False where figures carry noise: parts and totals differ by it. */
  additive: z.boolean().optional(),
  /** Where numerator and denominator met. */
  route: z.enum(['released-figures', 'denominator-travels']),
  note: Text,
});

/** What became of one holder's part. */
export const HolderAnswer = z.strictObject({
  holder: ParticipantId,
  name: z.string().max(200),
  dataset: DatasetId,
  status: z.enum(['answered', 'refused', 'offline', 'pending']),
  mode: DisclosureMode.optional(),
  minCellSize: z.int().optional(),
  /** The noise that its figures carry. */
  perturbation: Perturbation.optional(),
  asOf: Timestamp.optional(),
  reasons: z.array(Reason).max(20),
  /** The signed header of the release that is contained in this answer. */
  release: CompactJws.optional(),
  /** The signed receipt by which the holder has refused. */
  receipt: CompactJws.optional(),
  /** The signed status statement for which what it had released is withheld. */
  statement: CompactJws.optional(),
});
export type HolderAnswer = z.infer<typeof HolderAnswer>;

export const Coverage = z.strictObject({
  areas: z.array(Code),
  years: z.array(z.int()),
  /** Areas left out on both sides, because one side lacks them for at least one year. */
  excluded: z.array(z.strictObject({ area: Code, reason: z.enum(['notCollected', 'holderMissing', 'noCounterpart']) })),
});
export type Coverage = z.infer<typeof Coverage>;

export const AnswerCell = z
  .strictObject({
    /** Code of each dimension; null is the total. */
    by: z.record(Name, Code.nullable()),
    measures: z.record(Name, Cell),
  })
  .meta({ id: 'AnswerCell' });
export type AnswerCell = z.infer<typeof AnswerCell>;

/** What is known of figures that were opened as a secure sum (mode F): who is in every one of them, and how far noise moves them. */
export const SecureSumNote = z.strictObject({
  members: z.array(ParticipantId).min(1).max(255),
  /** Totals below it are withheld; on the noised total, in persons. */
  minCellSize: z.int().min(1),
  error: z.strictObject({
    variance: z.number(),
    sd: z.number(),
    /** In 95 of 100 cells the noise is at most this. */
    p95: z.number(),
    /** Null: this law has no greatest value. */
    max: z.number().nullable(),
  }),
});
export type SecureSumNote = z.infer<typeof SecureSumNote>;

export const Answer = z
  .strictObject({
    queryId: Uuid,
    submissionId: Sha256,
    questionHash: Sha256,
    realm: Realm,
    /** True when any figure comes from invented data. */
    synthetic: z.boolean(),
    state: z.enum(['complete', 'partial', 'failed']),
    register: RegisterId,
    question: Question,
    catalogue: Sha256,
    dimensions: z.array(AnswerDimension),
    measures: z.array(AnswerMeasure),
    cells: z.array(AnswerCell),
    holders: z.array(HolderAnswer),
    coverage: Coverage,
    /** Where figures were opened as a secure sum. */
    secureSum: SecureSumNote.optional(),
    /** Plain sentences that go with the figures. */
    sentences: z.array(Text),
    asked: Timestamp,
    answered: Timestamp,
  })
  .meta({ id: 'Answer', description: 'Anonymised statistics with a status for each cell' });
export type Answer = z.infer<typeof Answer>;

/** The payload of `revier-result+jws`: the broker's word on what an answer says and which signed parts it stands on. */
export const ResultStatement = z
  .strictObject({
    queryId: Uuid,
    submissionId: Sha256,
    questionHash: Sha256,
    /** Digest of the canonical form of the answer. */
    answer: Sha256,
    /** Digests of the signed release headers as they travelled, ascending. */
    releases: z.array(Sha256).max(3000),
    /** Digests of the signed receipts of those who refused, ascending. */
    refusals: z.array(Sha256).max(3000),
  })
  .meta({ id: 'ResultStatement' });
export type ResultStatement = z.infer<typeof ResultStatement>;

/** An answer with everything that it takes to check it: whoever has asked can do the merge again. */
export const AnswerProof = z
  .strictObject({
    answer: Answer,
    /** `revier-result+jws` */
    result: CompactJws,
    /** Release bodies in base64, by their digest. */
    bodies: z.record(Sha256, z.base64()),
    /** Mode F: opened seeds (base64url) by the digest of the masked body; each is the one that its signed header commits to. */
    seeds: z.record(Sha256, z.string().regex(/^[A-Za-z0-9_-]{43}$/)).optional(),
  })
  .meta({ id: 'AnswerProof', description: 'An answer, its signature, and the releases that it was merged from' });
export type AnswerProof = z.infer<typeof AnswerProof>;

/** Where a query is, as `GET /v1/queries/{id}` and `202 Accepted` tell it. */
export const QueryState = z
  .strictObject({
    queryId: Uuid,
    submissionId: Sha256,
    /** Only the last four are for ever; a cancelled query never has an answer. */
    state: z.enum(['accepted', 'running', 'complete', 'partial', 'failed', 'cancelled']),
    progress: z.strictObject({ tasks: z.int(), answered: z.int(), refused: z.int(), waiting: z.int() }),
    deadline: Timestamp,
    /** Its result stands at `…/dry-run`, and there is no answer. */
    dryRun: z.literal(true).optional(),
    /** Signed words (`revier-withdrawal+jws`) of holders who have withdrawn their part of the answer. */
    withdrawn: z.array(CompactJws).optional(),
  })
  .meta({ id: 'QueryState' });
export type QueryState = z.infer<typeof QueryState>;
