/** A node's folder: everything that one holder's node starts from, the same on a laptop and on a server. */
import type { PrivateKey } from '@revier/connector-sdk';
import {
  type CompactJws,
  DatasetDescription,
  type GeneralJws,
  KeyId,
  ParticipantId,
  type Person,
  Realm,
} from '@revier/schema';
import { z } from 'zod';

export const nodeFiles = {
  settings: 'node.json',
  trustList: 'trust-list.json',
  toldLists: 'newer-trust-lists.json',
  floor: 'floor.jws',
  agreements: 'agreements',
  documents: 'documents',
  /** Model offers of the holder's own, beside which applications are shown. */
  templates: 'templates',
  key: 'key.jwk',
  noiseKey: 'noise.key',
  data: 'data',
  records: 'records',
  stop: 'STOP',
  /** Those enrolled when the node is set up. */
  people: 'people.json',
  /** How far the records have come: by it the node notices a restored backup. */
  mark: 'mark.json',
  /** Where the admin port listens while the process runs. */
  admin: 'admin.json',
} as const;

/** A schema or a view in PostgreSQL; short enough for the names that are made from it. */
const SqlName = z.string().regex(/^[a-zA-Z]\w{0,49}$/);

/** A dataset and where its rows are. */
export const HeldEntry = z.union([
  z.strictObject({
    /** File name of the columnar store in `data/`. */
    name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,119}$/),
    description: DatasetDescription,
  }),
  z.strictObject({
    /** An approved view in the holder's own PostgreSQL; how it is reached stays out of the folder (`REVIER_SOURCE_URL`). */
    source: z.strictObject({ kind: z.literal('postgres'), schema: SqlName, view: SqlName }),
    description: DatasetDescription,
  }),
]);
export type HeldEntry = z.infer<typeof HeldEntry>;

/** `node.json`. */
export const NodeSettings = z.strictObject({
  participant: ParticipantId,
  realm: Realm,
  pinnedSigners: z.array(KeyId).min(1).max(50),
  broker: z.strictObject({ id: ParticipantId, url: z.url({ protocol: /^https?$/ }) }),
  admin: z.strictObject({ host: z.literal('127.0.0.1'), port: z.int().min(0).max(65_535) }),
  datasets: z.array(HeldEntry).max(1000),
  /** Days for which the audit log can tell whom an entry is about: three years. */
  openingsKeptDays: z.int().min(1).max(36_525).default(1096),
  /** Nothing is agreed to before the data protection officer has given an opinion about it. */
  opinionRequired: z.boolean().default(false),
  /** For attacks on tables that no holder should grant: what the check at approval says is shown, and no more. Of realm test alone. */
  latticeIsAdvice: z.boolean().default(false),
});
export type NodeSettings = z.infer<typeof NodeSettings>;
/** As they are written: what is left out has its default. */
export type GivenSettings = z.input<typeof NodeSettings>;

/** `noise.key`: 32 bytes in hex. */
export const NoiseKey = z
  .string()
  .regex(/^[0-9a-f]{64}\n?$/, 'expected 64 lower-case hex digits')
  .transform((hex) => new Uint8Array(Buffer.from(hex.trim(), 'hex')));

/** The whole folder but for its data and records. */
export interface NodeFolder extends Readonly<GivenSettings> {
  readonly trustList: GeneralJws;
  readonly floor: CompactJws;
  readonly agreements: readonly GeneralJws[];
  /** Signed by their sources: area lists, lookups. */
  readonly documents?: readonly CompactJws[];
  readonly privateKey: PrivateKey;
  /** 32 bytes. */
  readonly noiseKey: Uint8Array;
  /** Enrolled at set-up. */
  readonly people?: readonly Person[];
}
