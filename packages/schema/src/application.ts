/** The application for a virtual register: who asks for what, why and until when; signed by the data user's organisation. */
import { z } from 'zod';
import { PurposeCode, RecipientRole, Reference } from './constraint.ts';
import { Name, ParticipantId, Realm, RegisterId, Sha256, Text, Timestamp } from './ids.ts';
import { LegalBasisCode } from './legal-bases.ts';
import { Question } from './query.ts';

const sentence = z.string().min(1).max(4000);

export const EthicsVote = z.strictObject({ reference: Reference, issued: Timestamp, body: z.string().min(1).max(200) });
export type EthicsVote = z.infer<typeof EthicsVote>;

/** The payload of `revier-application+jws`. A later version changes or extends the register: fresh negotiations follow. */
export const Application = z
  .strictObject({
    kind: z.literal('application'),
    register: RegisterId,
    realm: Realm,
    version: z.int().min(1).max(10_000),
    /** Content hash of the version before. */
    replaces: Sha256.optional(),
    dataUser: ParticipantId,
    title: Text,
    purpose: PurposeCode,
    /** What shall be found out, and what is expected. */
    aim: sentence,
    hypotheses: z.array(sentence).max(20),
    legalBasis: LegalBasisCode,
    /** Why the recipient may receive the statistics. */
    recipientBasis: z.string().min(1).max(300),
    ethicsVote: EthicsVote.optional(),
    /** The health data access body's number. */
    permitRef: Reference.optional(),
    /** Pseudonyms as in the credentials: who will ask. */
    people: z
      .array(z.strictObject({ person: Name, role: RecipientRole, lead: z.boolean() }))
      .min(1)
      .max(100),
    /** Pseudonym of who has written it: never one of those who approve. */
    author: Name,
    publicationPlan: sentence,
    /** What will be asked; the tables that these need of each dataset are what is applied for, at this grain and no finer. */
    questions: z.array(Question).min(1).max(200),
    /** The version of the catalogue by which the questions were planned. */
    catalogue: Sha256,
    from: Timestamp,
    expires: Timestamp,
    submitted: Timestamp,
  })
  .refine(({ version, replaces }) => (version === 1) === (replaces === undefined), {
    message: 'every version but the first names the one that it replaces',
    path: ['replaces'],
  })
  .refine(({ from, expires }) => Date.parse(from) < Date.parse(expires), {
    message: 'a register ends after it begins',
    path: ['expires'],
  })
  .meta({ id: 'Application' });
export type Application = z.infer<typeof Application>;

/** The payload of `revier-closure+jws`: the data user needs the register no longer; holders state COMPLETED. */
export const Closure = z.strictObject({
  kind: z.literal('closure'),
  register: RegisterId,
  realm: Realm,
  dataUser: ParticipantId,
  /** Content hash of the application that ends. */
  application: Sha256,
  reason: z.string().min(1).max(500),
  at: Timestamp,
});
export type Closure = z.infer<typeof Closure>;

/** The payload of `revier-duty+jws`: the data user's word that a duty of an agreement is done. */
export const DutyReport = z.strictObject({
  kind: z.literal('duty-report'),
  agreement: Sha256,
  /** `@id` of the duty. */
  duty: z.string().regex(/^#d[0-9]{1,3}$/),
  realm: Realm,
  by: ParticipantId,
  /** A DOI, a record of deletion: where it can be seen. */
  evidence: z.string().min(1).max(500),
  doneAt: Timestamp,
});
export type DutyReport = z.infer<typeof DutyReport>;
