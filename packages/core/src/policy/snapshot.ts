/** The snapshot: everything that a decision depends on, as plain JSON; an auditor replays the decision from it. */
import {
  AgreementStatus,
  ApprovalRole,
  DatasetId,
  Floor,
  LegalBasisCode,
  LookupName,
  MeasureKind,
  Name,
  ParticipantId,
  PolicyMode,
  Realm,
  RecipientRole,
  RecipientSector,
  Reference,
  RegisterId,
  Sha256,
  VersionedName,
} from '@revier/schema';
import { z } from 'zod';

/** P1 a query is accepted · P2 before SQL runs · P3 before figures leave the node · P4 before the broker publishes them. */
export const Checkpoint = z.enum(['P1', 'P2', 'P3', 'P4']);
export type Checkpoint = z.infer<typeof Checkpoint>;

/** What can be asked for. The barred actions cannot even be asked. */
export const RequestedAction = z.enum(['rv:aggregate', 'rv:feasibilityCount', 'rv:cacheResult', 'rv:publish']);
export type RequestedAction = z.infer<typeof RequestedAction>;

/** How finely one variable is grouped or filtered: a level of its scale, which runs from the finest to the coarsest. */
export const Grain = z.strictObject({
  variable: Name,
  concept: z.enum(['area', 'year', 'age', 'sex']).nullable(),
  level: Name,
  scale: z.array(Name).min(1).max(10),
});
export type Grain = z.infer<typeof Grain>;

const versions = <K extends z.ZodType<string, string>>(name: K) => z.record(name, Sha256.nullable());
const milliseconds = z.int();

export const PolicyRequest = z.strictObject({
  /** Of the agreement that the query names for this holder. */
  agreement: Sha256,
  holder: ParticipantId,
  /** The organisation that vouches for the researcher. */
  dataUser: ParticipantId,
  realm: Realm,
  register: RegisterId,
  purposes: z.array(z.string().max(120)).max(20),
  action: RequestedAction,
  attestation: z.enum(['user', 'broker']),
  dataset: DatasetId,
  mode: PolicyMode,
  tableHash: Sha256,
  measures: z.array(MeasureKind).max(20),
  groupVariables: z.array(Name).max(20),
  filterVariables: z.array(Name).max(200),
  grains: z.array(Grain).max(220),
  dimensions: z.int().min(0),
  /** Cells that the table can have. */
  cells: z.int().min(0),
  /** Fewest persons of a shown cell that the researcher asks for; the node never applies less than agreement and floor. */
  minCellSize: z.int().min(0).nullable(),
  /** What the table stands on, with the hashes of the catalogue; null: the catalogue has none. */
  versions: z.strictObject({
    dataModels: versions(VersionedName),
    codeLists: versions(VersionedName),
    lookups: versions(LookupName),
    standards: versions(LookupName),
  }),
});
export type PolicyRequest = z.infer<typeof PolicyRequest>;

/** Spent before, and what this query would cost; both in the unit of the budget. */
export const Account = z.strictObject({ spent: z.int().min(0), cost: z.int().min(0) });
export type Account = z.infer<typeof Account>;

/** After a query has been charged; there is no way back: what may have left stays charged. */
export const charged = ({ spent, cost }: Account): Account => ({ spent: spent + cost, cost: 0 });

export const Approval = z.strictObject({
  role: ApprovalRole,
  person: z.string().min(1).max(120),
  /** The very version that this person has signed. */
  agreement: Sha256,
  at: milliseconds,
});
export type Approval = z.infer<typeof Approval>;

/** Missing facts are null, and never guessed: what rests on them is indeterminate. Times are milliseconds since the epoch. */
export const PolicyState = z.strictObject({
  now: milliseconds.nullable(),
  agreement: z.strictObject({
    /** Whose signatures over these bytes have been verified. */
    signedBy: z.array(ParticipantId).max(50),
    status: AgreementStatus.nullable(),
    /** Superseded by a version that takes something away. */
    tightened: z.boolean(),
    author: z.string().max(120).nullable(),
    activatedAt: milliseconds.nullable(),
  }),
  recipient: z.strictObject({ roles: z.array(RecipientRole).nullable(), sector: RecipientSector.nullable() }),
  register: z
    .strictObject({
      id: RegisterId,
      purposes: z.array(z.string().max(120)).max(20),
      legalBasis: LegalBasisCode.nullable(),
      ethicsVote: z.strictObject({ reference: Reference, issued: milliseconds }).nullable(),
    })
    .nullable(),
  ledger: z.strictObject({
    cells: Account.nullable(),
    microRho: Account.nullable(),
    /** Questions answered before, by window (`P7D`) or `total`. */
    counts: z.record(z.string().max(20), z.int().min(0)),
  }),
  approvals: z.array(Approval).max(100),
  /** By the duty's @id; `since` is null until something has triggered it. */
  duties: z
    .array(z.strictObject({ id: z.string().max(10), since: milliseconds.nullable(), doneAt: milliseconds.nullable() }))
    .max(1000),
  /** Holders that answer together; known from P3 on. */
  roster: z.array(ParticipantId).max(1000).nullable(),
});
export type PolicyState = z.infer<typeof PolicyState>;

export const PolicySnapshot = z.strictObject({
  evaluatorVersion: z.string().max(60),
  checkpoint: Checkpoint,
  /** As stored: it is admitted again at every decision, so that a broken record denies. */
  agreement: z.unknown(),
  floor: Floor,
  request: PolicyRequest,
  state: PolicyState,
});
export type PolicySnapshot = z.infer<typeof PolicySnapshot>;
export type PolicyInput = Omit<PolicySnapshot, 'evaluatorVersion'>;
