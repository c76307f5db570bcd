/** The names that things go by on the wire: digests, participants, registers, datasets and codes. */
import { z } from 'zod';

/** SHA-256 of RFC 8785 bytes (or of a binary body), lower-case hex. */
export const Sha256 = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 lower-case hex digits');
export type Sha256 = z.infer<typeof Sha256>;

/** An organisation in the data space, a DID as the Dataspace Protocol expects. */
export const ParticipantId = z.string().regex(/^did:web:[a-z0-9.-]{1,120}$/, 'expected did:web: and a host name');
export type ParticipantId = z.infer<typeof ParticipantId>;

export const RegisterId = z
  .string()
  .regex(/^urn:revier:register:[a-z0-9-]{1,80}$/, 'expected urn:revier:register:name');
export type RegisterId = z.infer<typeof RegisterId>;

export const DatasetId = z.string().regex(/^urn:revier:dataset:[a-z0-9.-]{1,120}$/, 'expected urn:revier:dataset:name');
export type DatasetId = z.infer<typeof DatasetId>;

/** A versioned vocabulary item: `cancer-case/1`, `sex/1`. */
export const VersionedName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}\/[0-9]{1,4}$/, 'expected name/version');
export type VersionedName = z.infer<typeof VersionedName>;

/** A name that a person gives to an aggregate, a derived measure, a variable or a level. */
export const Name = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/, 'expected a letter, then letters and digits, 40 at most');
export type Name = z.infer<typeof Name>;

/** The name of a lookup or of a standard population, with its year or version in it. */
export const LookupName = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,79}$/, 'expected letters, digits and hyphens');
export type LookupName = z.infer<typeof LookupName>;

/** One code of a code list. Printable ASCII only, so that look-alike characters cannot pass for a code. */
export const Code = z.string().regex(/^[\x21-\x7e]{1,40}$/, 'expected 1 to 40 printable ASCII characters');
export type Code = z.infer<typeof Code>;

export const Uuid = z.uuid();

/** Zoned date-time in UTC, as in the Dataspace Protocol's examples. */
export const Timestamp = z.iso.datetime({ offset: false });

/** To the second. @param ms since the epoch */
export const timestampAt = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Test and production never mix: keys, agreements, queries and answers all carry the realm. */
export const Realm = z.enum(['test', 'production']);
export type Realm = z.infer<typeof Realm>;

/** A text in both languages of the house. */
export const Text = z.strictObject({ de: z.string().min(1).max(2000), en: z.string().min(1).max(2000) });
export type Text = z.infer<typeof Text>;

/** Seconds since the epoch, as in JWT. */
export const Seconds = z.int().min(0).max(4_102_444_800);
