/** The floor: the holder's own minimum rules, signed by the node; no agreement and no message can go below them. */
import { z } from 'zod';
import { Prohibition } from './agreement.ts';
import { ApprovalRole } from './constraint.ts';
import { DatasetId, Name, ParticipantId, Realm } from './ids.ts';
import { DisclosureRules, VulnerableRules } from './perturbation.ts';

/** O open · L local release · F secure sum of noised parts · D differential privacy. */
export const PolicyMode = z.enum(['O', 'L', 'F', 'D']);
export type PolicyMode = z.infer<typeof PolicyMode>;

export const Floor = z
  .strictObject({
    kind: z.literal('floor'),
    holder: ParticipantId,
    realm: Realm,
    /** Fewest distinct persons of a shown cell. */
    minCellSize: z.int().min(3).max(1000),
    /** Datasets that the holder declares public: exact figures may leave. */
    publicDatasets: z.array(DatasetId).max(1000),
    maxDimensions: z.int().min(0).max(6),
    /** Of one table. */
    maxCells: z.int().min(1).max(2_000_000),
    /** Of all tables answered under one agreement and its later versions, whatever budget it grants; exact figures of public datasets do not count. */
    maxCellsPerAgreement: z.int().min(1).max(1_000_000_000).optional(),
    /** Who may vouch for a question; default: the person who asks, with their own key. */
    attestation: z.enum(['user', 'broker']).optional(),
    /** Disclosure modes that the holder takes part in; default: open and local release. */
    modes: z.array(PolicyMode).min(1).max(4).optional(),
    /** The finest level of a variable or of a concept (`area`, `year`, `age`) that leaves, whatever was agreed. */
    finest: z.record(Name, Name).optional(),
    /** Fewest holders that answer together under modes F and D. */
    minContributingNodes: z.int().min(2).max(1000).optional(),
    /** Approvals that every agreement needs, by distinct persons. */
    requiredApprovals: z.array(ApprovalRole).max(3).optional(),
    prohibition: z.array(Prohibition).max(50).optional(),
    /** How figures about persons are protected; default: suppression. */
    disclosure: DisclosureRules.optional(),
    /** The same for data about vulnerable groups (`themes` of a model). */
    vulnerable: VulnerableRules.optional(),
  })
  .meta({ id: 'Floor' });
export type Floor = z.infer<typeof Floor>;
