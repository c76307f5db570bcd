/** The usage agreement: compact ODRL in a closed, version-pinned profile; one per holder and register, signed by both sides. */
import { z } from 'zod';
import { DatasetId, LookupName, ParticipantId, Realm, RegisterId, Sha256, Timestamp, VersionedName } from './ids.ts';
import { Table } from './table.ts';

export const PROFILE = 'urn:revier:profile:1';

export const LeftOperand = z.enum(['rv:purpose', 'rv:tables', 'odrl:dateTime', 'rv:minCellSize']);
export type LeftOperand = z.infer<typeof LeftOperand>;

/** An integer operand in its canonical decimal form: the Dataspace Protocol's schemas refuse numbers. */
export const IntegerOperand = z.string().regex(/^(0|[1-9][0-9]{0,14})$/, 'expected a canonical decimal integer');

/** Which operator and which right operand each left operand takes; anything else is refused at admission. */
export const Constraint = z.union([
  z.strictObject({
    leftOperand: z.literal('rv:purpose'),
    operator: z.enum(['isA', 'eq']),
    rightOperand: z.string().min(1).max(120),
  }),
  z.strictObject({
    leftOperand: z.literal('rv:tables'),
    operator: z.literal('isPartOf'),
    rightOperand: z.array(Sha256).min(1).max(2000),
  }),
  z.strictObject({
    leftOperand: z.literal('odrl:dateTime'),
    operator: z.enum(['gteq', 'lt']),
    rightOperand: Timestamp,
  }),
  z.strictObject({
    leftOperand: z.literal('rv:minCellSize'),
    operator: z.literal('gteq'),
    rightOperand: IntegerOperand,
  }),
]);
export type Constraint = z.infer<typeof Constraint>;

export const Action = z.enum([
  'rv:aggregate',
  'odrl:use',
  'rv:reidentify',
  'rv:linkRecords',
  'rv:rowExport',
  'odrl:sell',
]);
export type Action = z.infer<typeof Action>;

export const Rule = z.strictObject({
  '@id': z.string().regex(/^#[a-z][0-9]{1,3}$/),
  action: Action,
  constraint: z.array(Constraint).max(50).default([]),
});
export type Rule = z.infer<typeof Rule>;

export const Agreement = z
  .strictObject({
    '@context': z.tuple([z.literal('http://www.w3.org/ns/odrl.jsonld'), z.literal('urn:revier:ctx:1')]),
    '@type': z.literal('Agreement'),
    '@id': z.string().regex(/^urn:uuid:[0-9a-f-]{36}$/),
    profile: z.literal(PROFILE),
    conflict: z.literal('prohibit'),
    timestamp: Timestamp,
    /** The data holder. */
    assigner: ParticipantId,
    /** The data user's organisation. */
    assignee: ParticipantId,
    target: DatasetId,
    'rv:register': RegisterId,
    'rv:realm': Realm,
    'rv:version': z.int().min(1),
    'rv:purposeScheme': Sha256,
    'rv:legalBasis': z.string().min(1).max(300),
    /** Versions that the tables were approved against; a node takes none of them on anybody's word. */
    'rv:dataModels': z.record(VersionedName, Sha256),
    'rv:codeLists': z.record(VersionedName, Sha256),
    'rv:lookups': z.record(LookupName, Sha256),
    'rv:standards': z.record(LookupName, Sha256),
    /** The tables themselves; the `rv:tables` constraint names their hashes. */
    'rv:lattice': z.array(Table).min(1).max(2000),
    permission: z.array(Rule).max(50),
    prohibition: z.array(Rule).max(50),
  })
  .meta({ id: 'Agreement' });
export type Agreement = z.infer<typeof Agreement>;

/** The holder's own minimum rules: no agreement and no message can go below them. */
export const Floor = z.strictObject({
  kind: z.literal('floor'),
  holder: ParticipantId,
  realm: Realm,
  /** Fewest distinct persons of a shown cell. */
  minCellSize: z.int().min(3).max(1000),
  /** Datasets that the holder declares public: exact figures may leave. */
  publicDatasets: z.array(DatasetId).max(1000),
  maxDimensions: z.int().min(0).max(6),
  maxCells: z.int().min(1).max(2_000_000),
});
export type Floor = z.infer<typeof Floor>;
