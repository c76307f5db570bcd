/** Stopping a node and starting it again: what a stop is, who is enrolled at a node, and what two of them sign. */
import { z } from 'zod';
import { KeyId, PublicKey } from './envelope.ts';
import { DatasetId, ParticipantId, Realm, Seconds, Sha256, Timestamp } from './ids.ts';

/** What somebody is at the holder of a node. Deputies have the weight of those they stand in for. */
export const StaffRole = z.enum([
  'steward',
  'signatory',
  'committee',
  'data-protection-officer',
  'deputy-steward',
  'deputy-signatory',
  'deputy-committee',
  'deputy-data-protection-officer',
]);
export type StaffRole = z.infer<typeof StaffRole>;

/** The data protection officer advises and stops, but does not decide (GDPR Art. 38(6)): the signature counts for no start. */
export const decidingRoles: readonly StaffRole[] = ['steward', 'signatory', 'deputy-steward', 'deputy-signatory'];

/** Without control characters and line ends; compared as `nameOf` has it. */
const PersonName = z
  .string()
  .regex(/^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} .,'’-]{0,98}$/u, 'expected the name of a person');

/** Somebody who is enrolled at a node with a key of their own. */
export const Person = z
  .strictObject({ name: PersonName, role: StaffRole, key: PublicKey })
  .meta({ id: 'Person', description: 'Somebody who is enrolled at this node with a key of their own' });
export type Person = z.infer<typeof Person>;

/** Two entries of one name are one person, however it is spaced and cased: nobody is two by having two keys. */
export const samePerson = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s.,'’-]+/g, ' ')
    .trim();

/** Those enrolled when a node is set up, `people.json`: two at least that decide. */
export const FirstPeople = z.strictObject({ people: z.array(Person).max(20) });
export type FirstPeople = z.infer<typeof FirstPeople>;

export const StopCause = z.enum(['command', 'file', 'incident', 'restored']);
export type StopCause = z.infer<typeof StopCause>;

/** One stop; its hash is its identity. Who stopped is not in it: that stands in the audit log and can be erased. */
export const Stop = z.strictObject({
  kind: z.literal('stop'),
  node: ParticipantId,
  realm: Realm,
  at: Timestamp,
  cause: StopCause,
  reason: z.string().max(500),
  /** Two stops in one millisecond are still two. */
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
});
export type Stop = z.infer<typeof Stop>;

/** What a caller may say of a stop; neither is asked for, since nobody must look for words first. */
export const StopNote = z
  .strictObject({ reason: z.string().max(500).default(''), by: z.string().min(1).max(200).optional() })
  .meta({ id: 'StopNote' });
export type StopNote = z.infer<typeof StopNote>;

/** The payload of `revier-restart+jws`, a general JWS: two persons end this very stop, once. */
export const RestartStatement = z.strictObject({
  kind: z.literal('restart'),
  node: ParticipantId,
  realm: Realm,
  stop: Sha256,
  reason: z.string().min(1).max(500),
  iat: Seconds,
  exp: Seconds,
});
export type RestartStatement = z.infer<typeof RestartStatement>;

/** The payload of `revier-people+jws`, a general JWS: two persons change who is enrolled. */
export const PeopleChange = z.strictObject({
  kind: z.literal('people-change'),
  node: ParticipantId,
  realm: Realm,
  /** Identity of the roll that is changed: a change fits one roll, once. */
  roll: Sha256,
  change: z.discriminatedUnion('what', [
    z.strictObject({ what: z.literal('add'), person: Person }),
    z.strictObject({ what: z.literal('remove'), kid: KeyId }),
  ]),
  iat: Seconds,
  exp: Seconds,
});
export type PeopleChange = z.infer<typeof PeopleChange>;

/** Who is enrolled at a node at the moment. */
export const PeopleRoll = z
  .strictObject({
    roll: Sha256,
    people: z.array(z.strictObject({ kid: KeyId, name: z.string(), role: StaffRole })),
  })
  .meta({ id: 'PeopleRoll' });
export type PeopleRoll = z.infer<typeof PeopleRoll>;

/** The stop that holds, as the admin port tells it. */
export const OpenStop = z
  .strictObject({
    id: Sha256,
    at: Timestamp,
    cause: StopCause,
    reason: z.string(),
    /** After a restore: whether the records have been reconciled, without which nothing starts. */
    reconciled: z.boolean(),
  })
  .meta({ id: 'OpenStop' });
export type OpenStop = z.infer<typeof OpenStop>;

/**
 * The payload of `revier-deletion+jws`, signed by the node: what a backup must not bring back, and what it must not forget.
 * Kept apart from backups, like keys.
 */
export const DeletionList = z.strictObject({
  kind: z.literal('deletion-list'),
  node: ParticipantId,
  realm: Realm,
  /** Entries of the audit log when this was written. */
  size: z.int().min(0),
  /** Commitments of persons whose openings are erased. */
  erased: z.array(Sha256),
  /** Agreements that are no longer in force. */
  revoked: z.array(Sha256),
  /** The covered sets that were answered first, each of which sticks for its epoch. */
  coverage: z.array(z.strictObject({ dataset: DatasetId, epoch: z.string(), table: Sha256, digest: Sha256 })),
  /** What was spent under each lineage of agreements; lists of before this was kept do not tell. */
  charges: z.array(z.strictObject({ lineage: Sha256, cells: z.int().min(0), questions: z.int().min(0) })).optional(),
  iat: Seconds,
});
export type DeletionList = z.infer<typeof DeletionList>;

/** What reconciling has done, and what it could not make good. */
export const Reconciled = z
  .strictObject({
    /** Entries that the log is known to have had; null when nobody can tell. What the records hold may be less. */
    known: z.int().nullable(),
    held: z.int(),
    list: z.int().nullable(),
    erased: z.int(),
    revoked: z.int(),
    coverage: z.int(),
    /** Lineages of agreements whose spending was made good, and those that nobody can tell of: nothing is left of their limits. */
    charged: z.int(),
    exhausted: z.int(),
    /** Datasets of which no new answer is given until their next epoch. */
    sealed: z.array(z.strictObject({ dataset: DatasetId, epoch: z.string() })),
  })
  .meta({ id: 'Reconciled' });
export type Reconciled = z.infer<typeof Reconciled>;
