/** The public project register: who asks what of whom, on which ground and under which safeguards; nothing of any person. */
import { z } from 'zod';
import { AgreementStatus } from './agreement-status.ts';
import { SignedNote } from './audit.ts';
import { DatasetId, ParticipantId, RegisterId, Sha256, Text, Timestamp } from './ids.ts';

/** By code. */
const counts = z.record(z.string().max(60), z.int().min(0));

/** One holder's agreement about one dataset, as far as everybody may know it. */
export const ProjectAgreement = z.strictObject({
  hash: Sha256,
  holder: ParticipantId,
  dataset: DatasetId,
  version: z.int().min(1),
  since: Timestamp,
  /** Null where the agreement sets no end. */
  until: Timestamp.nullable(),
  /** As the holder has stated it last; null where no statement has been published. */
  status: AgreementStatus.nullable(),
  /** Whether the holder offers it now. */
  offered: z.boolean(),
  legalBasis: z.string().max(300),
  norm: z.string().max(60).nullable(),
  safeguards: z.strictObject({
    /** Fewest persons of a shown cell by the agreement; the holder's floor may demand more. */
    minCellSize: z.int().nullable(),
    /** Finest level of space, time and age; null where the tables alone limit it. */
    space: z.string().max(40).nullable(),
    time: z.string().max(40).nullable(),
    age: z.string().max(40).nullable(),
    tables: z.int().min(1),
    duties: z.array(z.string().max(60)).max(1000),
    prohibitions: z.array(z.string().max(60)).max(50),
  }),
});
export type ProjectAgreement = z.infer<typeof ProjectAgreement>;

export const Publication = z.strictObject({
  agreement: Sha256,
  /** A DOI, an address. */
  evidence: z.string().max(500),
  at: Timestamp,
});

export const Project = z.strictObject({
  register: RegisterId,
  title: Text.nullable(),
  aim: z.string().max(4000).nullable(),
  dataUser: ParticipantId,
  /** With its place in the law, `EHDS Art. 53(1)(e)`. */
  purposes: z.array(z.strictObject({ code: z.string().max(120), basis: z.string().max(120).nullable() })).max(50),
  state: z.enum(['applied', 'active', 'expired', 'ended']),
  expires: Timestamp.nullable(),
  agreements: z.array(ProjectAgreement).max(3000),
  queries: z.strictObject({
    accepted: z.int().min(0),
    /** By outcome: complete, partial, failed, cancelled. */
    ended: counts,
    /** Turned away by the broker, by the code of the problem. */
    turnedAway: counts,
    /** Parts that holders have answered. */
    released: z.int().min(0),
    /** Parts that holders have refused, by the code of each reason. */
    refused: counts,
    dryRuns: z.int().min(0),
  }),
  publications: z.array(Publication).max(10_000),
});
export type Project = z.infer<typeof Project>;

/** `GET /v1/projects`. It can be made again from the broker's exported log. */
export const ProjectList = z
  .strictObject({
    projects: z.array(Project).max(10_000),
    /** Entries of the log that it was made from. */
    entries: z.int().min(0),
    /** The newest checkpoint of that log. */
    checkpoint: SignedNote.nullable(),
  })
  .meta({ id: 'ProjectList' });
export type ProjectList = z.infer<typeof ProjectList>;
