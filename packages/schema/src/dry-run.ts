/** The result of a dry run: for each holder whether the query would be answered; no figures, and no answer. */
import { z } from 'zod';
import { CompactJws } from './envelope.ts';
import { DatasetId, ParticipantId, Realm, RegisterId, Sha256, Timestamp, Uuid } from './ids.ts';
import { Assessment, Reason } from './task.ts';

/** What one holder says of its part, with the signed receipt that says it. */
export const HolderAssessment = z.strictObject({
  holder: ParticipantId,
  name: z.string().max(200),
  dataset: DatasetId,
  /** `refused`: not even assessed. `offline`: no word in time. */
  status: z.enum(['assessed', 'refused', 'offline']),
  assessment: Assessment.optional(),
  reasons: z.array(Reason).max(20),
  receipt: CompactJws.optional(),
});
export type HolderAssessment = z.infer<typeof HolderAssessment>;

/** `GET /v1/queries/{id}/dry-run`, and what `POST /v1/queries` answers to a dry run. */
export const DryRunResult = z
  .strictObject({
    dryRun: z.literal(true),
    queryId: Uuid,
    submissionId: Sha256,
    questionHash: Sha256,
    realm: Realm,
    register: RegisterId,
    catalogue: Sha256,
    /** `complete`: every holder has assessed it. */
    state: z.enum(['complete', 'partial', 'failed']),
    holders: z.array(HolderAssessment).max(3000),
    asked: Timestamp,
  })
  .meta({ id: 'DryRunResult', description: 'Which holders would answer, how finely, and what stands in the way' });
export type DryRunResult = z.infer<typeof DryRunResult>;
