/** Requests and responses of the broker's interface, version 1; routes, OpenAPI and clients use these same objects. */
import { z } from 'zod';
import { QueryState } from './answer.ts';
import { Catalogue } from './catalogue.ts';
import { CompactJws, GeneralJws } from './envelope.ts';
import { RegisterId, Sha256, Text, Timestamp } from './ids.ts';
import { RegisterView } from './register.ts';

/** `GET /v1/catalogue` and `GET /v1/catalogue/{hash}`. The hash is that of the catalogue's canonical bytes. */
export const CatalogueVersion = z
  .strictObject({ hash: Sha256, catalogue: Catalogue })
  .meta({ id: 'CatalogueVersion', description: 'A version of the catalogue with the hash that queries name' });
export type CatalogueVersion = z.infer<typeof CatalogueVersion>;

/** `GET /v1/documents/{sha256}`: signed by its source or holder; the hash is that of the payload. */
export const DocumentView = z.strictObject({ document: CompactJws }).meta({ id: 'DocumentView' });
export type DocumentView = z.infer<typeof DocumentView>;

/** Where the next page of a list begins: to be sent back as it is. */
export const Cursor = z.string().regex(/^[A-Za-z0-9_-]{1,300}$/, 'expected the cursor of an earlier page');
export type Cursor = z.infer<typeof Cursor>;

/** `?limit=` and `?cursor=` of every list. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: Cursor.optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** Null on the last page; also as `Link: rel="next"`. */
const next = Cursor.nullable().default(null);

/** `GET /v1/registers`, by id. */
export const RegisterList = z
  .strictObject({ registers: z.array(RegisterView).max(100), next })
  .meta({ id: 'RegisterList' });
export type RegisterList = z.infer<typeof RegisterList>;

/** `GET /v1/purposes`: the pinned tree; its hash is what agreements name as `rv:purposeScheme`. */
export const PurposeList = z
  .strictObject({
    purposes: z
      .array(
        z.strictObject({
          code: z.string().min(1).max(120),
          parent: z.string().min(1).max(120).nullable(),
          basis: z.string().min(1).max(120),
          title: Text,
          prohibited: z.boolean(),
          publicOnly: z.boolean(),
        }),
      )
      .max(1000),
  })
  .meta({ id: 'PurposeList' });
export type PurposeList = z.infer<typeof PurposeList>;

/** `POST /v1/node/tasks/{taskId}/receipt`. */
export const ReceiptDelivery = z.strictObject({ receipt: CompactJws }).meta({ id: 'ReceiptDelivery' });
export type ReceiptDelivery = z.infer<typeof ReceiptDelivery>;

/** `POST /v1/node/tasks/{taskId}/opening`, mode F. */
export const OpeningDelivery = z.strictObject({ opening: CompactJws }).meta({ id: 'OpeningDelivery' });
export type OpeningDelivery = z.infer<typeof OpeningDelivery>;

/** `PUT /v1/node/offer`: one dataset, described by its holder, and the agreements under which it can be asked. */
export const Offer = z
  .strictObject({ description: CompactJws, agreements: z.array(GeneralJws).max(1000) })
  .meta({ id: 'Offer' });
export type Offer = z.infer<typeof Offer>;

/** What an offer answers: the catalogue version that the dataset now stands in. */
export const OfferTaken = z.strictObject({ catalogue: Sha256 }).meta({ id: 'OfferTaken' });
export type OfferTaken = z.infer<typeof OfferTaken>;

/** `PUT /v1/node/documents`. */
export const DocumentDelivery = z
  .strictObject({ documents: z.array(CompactJws).min(1).max(100) })
  .meta({ id: 'DocumentDelivery' });
export type DocumentDelivery = z.infer<typeof DocumentDelivery>;

/** Seconds that a long poll may wait at most. */
export const LONGEST_WAIT = 60;

/** `GET /v1/node/tasks`. */
export const TaskQuery = z.strictObject({ wait: z.coerce.number().int().min(0).max(LONGEST_WAIT).default(0) });
export type TaskQuery = z.infer<typeof TaskQuery>;

/** The header that carries the signed release header beside the CBOR body of `PUT /v1/node/tasks/{taskId}/release`. */
export const RELEASE_HEADER = 'Revier-Release';

/** `GET /v1/queries`: one's own, newest first. */
export const QueryList = z
  .strictObject({
    queries: z
      .array(z.strictObject({ ...QueryState.shape, register: RegisterId, questionHash: Sha256, asked: Timestamp }))
      .max(100),
    next,
  })
  .meta({ id: 'QueryList' });
export type QueryList = z.infer<typeof QueryList>;

/** The media types of an answer. */
export const answerMediaTypes = {
  json: 'application/json',
  csv: 'text/csv',
  'json-stat': 'application/vnd.json-stat+json',
  /** `AnswerProof` */
  proof: 'application/vnd.revier.proof+json',
} as const;
export type AnswerFormat = keyof typeof answerMediaTypes;
