/** The record of processing activities that a data holder keeps (GDPR Art. 30), as its node writes it from agreements and audit log. */
import { z } from 'zod';
import { AgreementStatus } from './agreement-status.ts';
import { DatasetId, ParticipantId, Realm, RegisterId, Sha256, Text, Timestamp } from './ids.ts';
import { LegalAssessment } from './legal-bases.ts';

const texts = z.array(Text);

/** Counted from the audit log; dry runs are no questions. */
const QuestionCounts = z.strictObject({
  /** Accepted and charged. One of these may still have been refused afterwards. */
  allowed: z.int(),
  denied: z.int(),
  /** A refusal for two reasons counts under both. */
  reasons: z.array(z.strictObject({ code: z.string(), count: z.int() })),
  /** Statistics that have left. */
  releases: z.int(),
});

const Organisation = z.strictObject({ id: z.string(), name: z.string() });

export const ProcessingActivity = z
  .strictObject({
    agreement: Sha256,
    register: RegisterId,
    dataset: DatasetId,
    status: AgreementStatus.nullable(),
    since: Timestamp,
    until: Timestamp.nullable(),
    purposes: z.array(z.strictObject({ code: z.string(), title: Text })),
    /** As the agreement has it; the title from the pinned list where the assessment, or the agreement itself, names a norm of it. */
    legalBasis: z.strictObject({ basis: z.string(), title: Text.nullable(), assessment: LegalAssessment.nullable() }),
    subjects: Text,
    /** Variables of the tables. */
    data: z.array(z.string()),
    recipient: Organisation,
    questions: QuestionCounts,
    /** Duties of the recipient, each with its deadline. */
    retention: texts,
    safeguards: texts,
  })
  .meta({ id: 'ProcessingActivity' });
export type ProcessingActivity = z.infer<typeof ProcessingActivity>;

export const ProcessingRecord = z
  .strictObject({
    controller: Organisation.extend({ id: ParticipantId }),
    realm: Realm,
    /** Enrolled at the node; empty where nobody is. */
    dataProtectionOfficers: z.array(z.string()),
    at: Timestamp,
    activities: z.array(ProcessingActivity),
    /** Whatever came to this node, also what named no agreement. */
    questions: QuestionCounts,
    /** Organisations that statistics went to. */
    recipients: z.array(Organisation.extend({ releases: z.int(), last: Timestamp })),
    /** How long the node itself keeps what it keeps. */
    retention: texts,
    /** What holds under every agreement. */
    safeguards: texts,
  })
  .meta({ id: 'ProcessingRecord' });
export type ProcessingRecord = z.infer<typeof ProcessingRecord>;
