/** Lookups and standard populations: public tables that travel with a query, by name and signed hash. */
import { z } from 'zod';
import { Code, LookupName, Name, Text, VersionedName } from './ids.ts';

/** Maps codes of one level of a code list to a few new codes: `district -> deprivation quintile`. */
export const Lookup = z.strictObject({
  kind: z.literal('lookup'),
  name: LookupName,
  title: Text,
  from: z.strictObject({ codeList: VersionedName, level: Name }),
  to: z
    .array(z.strictObject({ code: Code, label: Text }))
    .min(1)
    .max(100),
  /** [code of `from`, code of `to`], sorted; an area that is not listed belongs to no group. */
  pairs: z
    .array(z.tuple([Code, Code]))
    .min(1)
    .max(50_000),
  /** Index, year, region of the cut, equal areas or equal population, licence. */
  source: z.string().min(1).max(500),
});
export type Lookup = z.infer<typeof Lookup>;

/** Weights of a published standard population, whole numbers, by the codes of one level. */
export const Standard = z.strictObject({
  kind: z.literal('standard'),
  name: LookupName,
  title: Text,
  codeList: VersionedName,
  level: Name,
  weights: z
    .array(z.tuple([Code, z.int().min(1).max(1_000_000)]))
    .min(1)
    .max(200),
  source: z.string().min(1).max(500),
});
export type Standard = z.infer<typeof Standard>;
