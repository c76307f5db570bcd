/** What people at a holder sign about an application: approval, rejection, the data protection officer's opinion, and standing policies. */
import { z } from 'zod';
import { DutyAction } from './agreement.ts';
import { ApprovalRole, DurationOperand, PurposeCode, RecipientSector } from './constraint.ts';
import { PolicyMode } from './floor.ts';
import { DatasetId, ParticipantId, Realm, Seconds, Sha256 } from './ids.ts';
import { LegalBasisCode } from './legal-bases.ts';
import { Pid } from './negotiation.ts';

const common = { node: ParticipantId, realm: Realm, iat: Seconds, exp: Seconds };

/** The payload of `revier-approval+jws`, signed with a key enrolled at the node: one person's word on these very bytes. */
export const ApprovalStatement = z
  .discriminatedUnion('decision', [
    z.strictObject({
      kind: z.literal('approval'),
      ...common,
      /** Content hash of the agreement as it would come into force. */
      agreement: Sha256,
      decision: z.literal('approve'),
      /** In which role; the person's own, or that of whom they stand in for. */
      role: ApprovalRole,
    }),
    z.strictObject({
      kind: z.literal('approval'),
      ...common,
      agreement: Sha256,
      decision: z.literal('reject'),
      role: ApprovalRole,
      reason: z.string().min(1).max(1000),
    }),
  ])
  .meta({ id: 'ApprovalStatement' });
export type ApprovalStatement = z.infer<typeof ApprovalStatement>;

/** The payload of `revier-opinion+jws`: advice (GDPR Art. 38 and 39), recorded with the application, and no approval. */
export const Opinion = z
  .strictObject({
    kind: z.literal('opinion'),
    ...common,
    agreement: Sha256,
    verdict: z.enum(['no-objection', 'conditions', 'objection']),
    text: z.string().min(1).max(4000),
    conditions: z.array(z.string().min(1).max(500)).max(20),
  })
  .meta({ id: 'Opinion' });
export type Opinion = z.infer<typeof Opinion>;

/** The payload of `revier-limit+jws`: somebody enrolled has made a limited draft, and as its author approves it no more. */
export const LimitStatement = z
  .strictObject({
    kind: z.literal('limit'),
    ...common,
    negotiation: Pid,
    /** Content hash of the draft that is limited. */
    draft: Sha256,
    /** Content hash of the limited one. */
    agreement: Sha256,
  })
  .meta({ id: 'LimitStatement' });
export type LimitStatement = z.infer<typeof LimitStatement>;

/**
 * The payload of `revier-standing-policy+jws`, a general JWS by two persons: decides by itself what the holder wants decided so.
 * Every condition given must hold; the first policy that fits decides; whatever none fits waits for people.
 */
export const StandingPolicy = z
  .strictObject({
    kind: z.literal('standing-policy'),
    ...common,
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/),
    decides: z.enum(['approve', 'reject']),
    reason: z.string().min(1).max(500),
    when: z.strictObject({
      dataUsers: z.array(ParticipantId).min(1).max(100).optional(),
      sectors: z.array(RecipientSector).min(1).max(10).optional(),
      /** These and narrower ones. */
      purposes: z.array(PurposeCode).min(1).max(100).optional(),
      legalBases: z.array(LegalBasisCode).min(1).max(20).optional(),
      datasets: z.array(DatasetId).min(1).max(1000).optional(),
      modes: z.array(PolicyMode).min(1).max(4).optional(),
      /** Every table asked for is among these. */
      tables: z.array(Sha256).min(1).max(2000).optional(),
      maxTables: z.int().min(1).max(2000).optional(),
      maxDimensions: z.int().min(0).max(6).optional(),
      /** The smallest cell asked for is at least this. */
      minCellSize: z.int().min(3).max(1000).optional(),
      longest: DurationOperand.optional(),
      /** Duties that the offer must carry. */
      duties: z.array(DutyAction).max(10).optional(),
      /** Only changes of an agreement that is in force. */
      amendment: z.literal(true).optional(),
      /** The check of the lattice (disclosure control) has found it safe. */
      safeLattice: z.literal(true).optional(),
    }),
  })
  .meta({ id: 'StandingPolicy' });
export type StandingPolicy = z.infer<typeof StandingPolicy>;
