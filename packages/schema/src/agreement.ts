/** The usage agreement and the offer: compact ODRL in a closed, version-pinned profile; one per holder and register, signed by both sides. */
import { z } from 'zod';
import { Constraint, DutyConstraint, Reference } from './constraint.ts';
import { DatasetId, LookupName, ParticipantId, Realm, RegisterId, Sha256, Timestamp, VersionedName } from './ids.ts';
import { LegalAssessment } from './legal-bases.ts';
import { Perturbation } from './perturbation.ts';
import { Table } from './table.ts';

export const PROFILE = 'urn:revier:profile:1';

export const Action = z.enum([
  'odrl:use',
  'rv:aggregate',
  'rv:feasibilityCount',
  'rv:cacheResult',
  'odrl:distribute',
  'rv:publish',
  'rv:reidentify',
  'rv:linkRecords',
  'rv:rowExport',
  'odrl:sell',
]);
export type Action = z.infer<typeof Action>;

/** Never permitted, whatever anybody agrees. */
export const barredActions: readonly Action[] = ['rv:reidentify', 'rv:linkRecords', 'rv:rowExport', 'odrl:sell'];

export const DutyAction = z.enum([
  'odrl:delete',
  'rv:publish',
  'odrl:inform',
  'rv:attribute',
  'rv:acknowledgeDeletion',
]);
export type DutyAction = z.infer<typeof DutyAction>;

const idOf = (letter: string) =>
  z.string().regex(new RegExp(`^#${letter}[0-9]{1,3}$`), `expected #${letter} and a number`);

export const Duty = z.strictObject({
  '@id': idOf('d'),
  action: DutyAction,
  /** Without one the duty has no deadline: it is owed, and never overdue. */
  constraint: z.array(DutyConstraint).max(2).default([]),
});
export type Duty = z.infer<typeof Duty>;

const constraints = z.array(Constraint).max(50).default([]);

export const Prohibition = z.strictObject({ '@id': idOf('x'), action: Action, constraint: constraints });
export type Prohibition = z.infer<typeof Prohibition>;

export const Permission = z.strictObject({
  '@id': idOf('p'),
  action: Action,
  constraint: constraints,
  duty: z.array(Duty).max(20).optional(),
});
export type Permission = z.infer<typeof Permission>;

export type Rule = Permission | Prohibition;

const terms = {
  '@context': z.tuple([z.literal('http://www.w3.org/ns/odrl.jsonld'), z.literal('urn:revier:ctx:1')]),
  '@id': z.string().regex(/^urn:uuid:[0-9a-f-]{36}$/, 'expected urn:uuid: and a UUID'),
  profile: z.literal(PROFILE),
  conflict: z.literal('prohibit'),
  /** The data holder. */
  assigner: ParticipantId,
  target: DatasetId,
  'rv:register': RegisterId,
  'rv:realm': Realm,
  'rv:version': z.int().min(1).max(10_000),
  /** The version before this one; budgets and counts carry over. */
  'rv:replaces': Sha256.optional(),
  /** This version takes something away: questions under way end with the version that they name. */
  'rv:tightening': z.literal(true).optional(),
  'rv:purposeScheme': Sha256,
  'rv:legalBasis': z.string().min(1).max(300),
  'rv:legalAssessment': LegalAssessment.optional(),
  /** The health data access body's or the ethics committee's number. */
  'rv:permitRef': Reference.optional(),
  /** Holders that answer together under mode F; the set is fixed here. */
  'rv:coMembers': z.array(ParticipantId).min(1).max(1000).optional(),
  /** The noise of a cohort, so that its parts add up to a known error: a holder with another one refuses. */
  'rv:perturbation': Perturbation.optional(),
  /** Versions that the tables were approved against; a node takes none of them on anybody's word. */
  'rv:dataModels': z.record(VersionedName, Sha256),
  'rv:codeLists': z.record(VersionedName, Sha256),
  'rv:lookups': z.record(LookupName, Sha256),
  'rv:standards': z.record(LookupName, Sha256),
  /** The tables themselves; the `rv:tables` constraint names their hashes. */
  'rv:lattice': z.array(Table).min(1).max(2000),
  permission: z.array(Permission).min(1).max(50),
  /** The Dataspace Protocol refuses an empty list. */
  prohibition: z.array(Prohibition).min(1).max(50),
};

export const Agreement = z
  .strictObject({
    ...terms,
    '@type': z.literal('Agreement'),
    timestamp: Timestamp,
    /** The data user's organisation. */
    assignee: ParticipantId,
  })
  .meta({ id: 'Agreement' });
export type Agreement = z.infer<typeof Agreement>;

/** What one side proposes to the other; never evaluated. */
export const PolicyOffer = z
  .strictObject({ ...terms, '@type': z.literal('Offer'), assignee: ParticipantId.optional() })
  .meta({ id: 'PolicyOffer' });
export type PolicyOffer = z.infer<typeof PolicyOffer>;
