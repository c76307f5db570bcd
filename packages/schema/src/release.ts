/** The wire form of a release: a signed header over the digest of dictionary-coded columns. Only disclosure control makes the content. */
import { z } from 'zod';
import { DisclosureMode } from './catalogue.ts';
import { DatasetId, ParticipantId, Realm, Seconds, Sha256, Timestamp, Uuid } from './ids.ts';
import { Perturbation } from './perturbation.ts';
import { SumPart } from './secure-sum.ts';

/** Cell statuses on the wire, by their place in this list. */
export const cellStatuses = [
  'value',
  'zero',
  'withheld',
  'unreliable',
  'notCollected',
  'grainUnavailable',
  'refused',
  'offline',
  'pending',
] as const;
export const CellStatus = z.enum(cellStatuses);
export type CellStatus = z.infer<typeof CellStatus>;

/** The number of events of a rate travels as a class only (disclosure control, section 2.4). */
export const eventClasses = ['10-19', '20-49', '50-99', '100-199', '200-499', '500+'] as const;
export const EventClass = z.enum(eventClasses);
export type EventClass = z.infer<typeof EventClass>;

/** The key of a total over a dimension. */
export const TOTAL = 0xffff_ffff;

const Keys = z.instanceof(Uint32Array);
const Numbers = z.instanceof(Float64Array);
const Bytes = z.instanceof(Uint8Array);

/** Columns of one measure, one entry per cell; numbers where no figure is shown are NaN. */
export const ReleaseColumns = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('count'), status: Bytes, value: Numbers }),
  z.strictObject({
    kind: z.literal('sum'),
    status: Bytes,
    value: Numbers,
    /** Where sums carry noise: its standard deviation, as a class (1 or 3 times a power of ten, rounded up). */
    sd: Numbers.optional(),
  }),
  z.strictObject({
    kind: z.literal('direct-rate'),
    status: Bytes,
    rate: Numbers,
    lower: Numbers,
    upper: Numbers,
    events: Bytes,
  }),
]);
export type ReleaseColumns = z.infer<typeof ReleaseColumns>;

/** The CBOR body (RFC 8949, typed arrays by RFC 8746). `keys[d][i]` is the code number of cell i in dimension d. */
export const ReleaseBody = z.strictObject({
  format: z.literal('revier-release/1'),
  table: Sha256,
  keys: z.array(Keys).max(6),
  measures: z.array(ReleaseColumns).min(1).max(20),
});
export type ReleaseBody = z.infer<typeof ReleaseBody>;

/** The payload of `revier-release+jws`. `body` binds the columns; `submissionId` binds them to one question of one person. */
export const ReleaseHeader = z
  .strictObject({
    taskId: Uuid,
    submissionId: Sha256,
    questionHash: Sha256,
    iss: ParticipantId,
    aud: ParticipantId,
    realm: Realm,
    synthetic: z.boolean(),
    dataset: DatasetId,
    epoch: z.string().regex(/^[0-9a-f]{16}$/),
    asOf: Timestamp,
    agreement: Sha256,
    table: Sha256,
    mode: DisclosureMode,
    /** The threshold applied, in persons; absent in mode O. */
    minCellSize: z.int().min(1).max(1000).optional(),
    /** Mode F: the sum that the masked words of the body are a part of. */
    sum: SumPart.optional(),
    /** The noise that every figure carries; absent where figures are exact or withheld. */
    perturbation: Perturbation.optional(),
    body: Sha256,
    bytes: z.int().min(1).max(67_108_864),
    iat: Seconds,
  })
  .meta({ id: 'ReleaseHeader' });
export type ReleaseHeader = z.infer<typeof ReleaseHeader>;
