/** The audit log on the wire: entries, checkpoints as signed notes, and what witnesses say of them. */
import { z } from 'zod';
import { Sha256, Timestamp } from './ids.ts';

/** A number of entries; the place of one, counted from 0. */
export const LogSize = z.int().min(0);

/** SHA-256 of a node of the tree, in standard base64. */
export const LogHash = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'expected 32 bytes in base64');

/** Name of a log, and of its owner as a witness: host and realm. */
export const LogOrigin = z
  .string()
  .regex(/^[a-z0-9.-]{1,120}\/revier-(test|production)$/, 'expected the name of a log');
export type LogOrigin = z.infer<typeof LogOrigin>;

/** c2sp.org/signed-note. */
export const SignedNote = z.string().min(10).max(65_536);

/** One entry of a log, before it becomes canonical text. Persons stand in it as commitments only. */
export const LogEntry = z.strictObject({
  at: Timestamp,
  decision: z.string().regex(/^[a-z][a-z-]{0,39}$/),
  codes: z.array(z.string().max(60)).max(50),
  facts: z.record(z.string().max(60), z.union([z.string().max(2000), z.number(), z.null()])),
  /** Content hash of {salt, person}, or nobody. */
  person: Sha256.nullable(),
});
export type LogEntry = z.infer<typeof LogEntry>;

/** `PUT /v1/node/checkpoint`: a checkpoint, and the proof that it goes on from the one of size `from`. */
export const CheckpointStep = z
  .strictObject({ note: SignedNote, from: LogSize, proof: z.array(LogHash).max(100) })
  .meta({ id: 'CheckpointStep' });
export type CheckpointStep = z.infer<typeof CheckpointStep>;

/** `GET /v1/node/checkpoints`: how far every log has come. */
export const CheckpointList = z
  .strictObject({
    /** `cosigned`: by the caller, at this size. */
    logs: z.array(z.strictObject({ origin: LogOrigin, size: LogSize, cosigned: z.boolean() })).max(10_000),
  })
  .meta({ id: 'CheckpointList' });
export type CheckpointList = z.infer<typeof CheckpointList>;

/** `GET /v1/node/checkpoints/steps`: from a size on, oldest first; without a size the newest alone. */
export const CheckpointSteps = z
  .strictObject({ steps: z.array(CheckpointStep).max(100) })
  .meta({ id: 'CheckpointSteps' });
export type CheckpointSteps = z.infer<typeof CheckpointSteps>;

/** `PUT /v1/node/cosignature`: one signature line of a witness. */
export const CosignatureDelivery = z
  .strictObject({ origin: LogOrigin, size: LogSize, line: z.string().min(10).max(400) })
  .meta({ id: 'CosignatureDelivery' });
export type CosignatureDelivery = z.infer<typeof CosignatureDelivery>;

/** `GET /v1/node/cosignatures`: what others have said of one's own log. */
export const CosignatureList = z
  .strictObject({
    cosignatures: z.array(z.strictObject({ size: LogSize, line: z.string().min(10).max(400) })).max(1000),
  })
  .meta({ id: 'CosignatureList' });
export type CosignatureList = z.infer<typeof CosignatureList>;

/** One line of an exported log. */
export const ExportLine = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('log'),
    origin: LogOrigin,
    participant: z.string(),
    realm: z.string(),
    size: LogSize,
  }),
  z.strictObject({ kind: z.literal('entry'), index: LogSize, entry: z.string() }),
  /** With the cosignatures that the owner knows of. */
  z.strictObject({ kind: z.literal('checkpoint'), note: SignedNote }),
  /** The newest checkpoint that this participant has seen of another log. */
  z.strictObject({ kind: z.literal('seen'), note: SignedNote }),
  /** What a decision was made from, by its hash. */
  z.strictObject({ kind: z.literal('snapshot'), hash: Sha256, content: z.string() }),
]);
export type ExportLine = z.infer<typeof ExportLine>;

/** The query of `GET /v1/node/checkpoints/steps`. */
export const StepsQuery = z.strictObject({ origin: LogOrigin, after: z.coerce.number().pipe(LogSize).optional() });
export type StepsQuery = z.infer<typeof StepsQuery>;
