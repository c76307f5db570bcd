/** The catalogue: which datasets there are, described and signed by their holders, and the versions of everything a question may name. */
import { z } from 'zod';
import {
  Code,
  DatasetId,
  LookupName,
  Name,
  ParticipantId,
  Realm,
  Sha256,
  Text,
  Timestamp,
  VersionedName,
} from './ids.ts';

/** Disclosure modes that exist so far: O open (exact), L local release, F secure sum of noised parts. */
export const DisclosureMode = z.enum(['O', 'L', 'F']);
export type DisclosureMode = z.infer<typeof DisclosureMode>;

/** A holder's signed description of one dataset. */
export const DatasetDescription = z.strictObject({
  kind: z.literal('dataset'),
  id: DatasetId,
  holder: ParticipantId,
  holderName: z.string().min(1).max(200),
  realm: Realm,
  title: Text,
  description: Text,
  model: VersionedName,
  modelHash: Sha256,
  /** Everything made from invented data says so. */
  synthetic: z.boolean(),
  accessRights: z.enum(['PUBLIC', 'NON_PUBLIC']),
  mode: DisclosureMode,
  /** For each dimension: its code list (binding what the model leaves open) and the finest level held. */
  grain: z.record(
    Name,
    z.strictObject({
      codeList: VersionedName,
      level: Name,
      /** Where the dataset cannot hold every code of the level: the others are structural zeros, and public. */
      codes: z.array(Code).min(1).max(1000).optional(),
    }),
  ),
  /**
   * Stored codes of two or more variables under which together no record can stand, as everybody knows without the data: sites of cancer by sex, say.
   * Cells of these alone are said to be zero, whatever the data hold, so an import must keep such records out.
   */
  impossible: z
    .array(
      z
        .record(Name, z.array(Code).min(1).max(1000))
        .refine(
          (codes) => Object.keys(codes).length >= 2,
          'Codes of one variable that cannot occur are left out of its grain.',
        ),
    )
    .max(200)
    .optional(),
  coverage: z.strictObject({
    /** Areas at any level; everything below them is covered. */
    areas: z.array(Code).max(5000),
    years: z.strictObject({ from: z.int().min(1900).max(2100), to: z.int().min(1900).max(2100) }),
  }),
  /** Data epoch: changes with every import that changes the data. */
  epoch: z.string().regex(/^[0-9a-f]{16}$/),
  asOf: Timestamp,
  source: z.string().min(1).max(500),
  /** What a population figure is: its base, and whether it is a stock or an annual mean. */
  population: z
    .strictObject({
      basis: z.string().min(1).max(120),
      kind: z.enum(['stock', 'annual-mean']),
      refDate: z.string().min(1).max(60),
    })
    .optional(),
});
export type DatasetDescription = z.infer<typeof DatasetDescription>;

/** The version that a query names by hash. Order matters nowhere: every list is sorted. */
export const Catalogue = z
  .strictObject({
    kind: z.literal('catalogue'),
    realm: Realm,
    version: z.int().min(1),
    dataModels: z.record(VersionedName, Sha256),
    codeLists: z.record(VersionedName, Sha256),
    lookups: z.record(LookupName, Sha256),
    standards: z.record(LookupName, Sha256),
    /** Hash of each signed description. */
    datasets: z.record(DatasetId, Sha256),
  })
  .meta({ id: 'Catalogue' });
export type Catalogue = z.infer<typeof Catalogue>;
