/** The policy profile as JSON Schema, for everybody who is not us; written to docs/profile by `pnpm gen`. */
import { z } from 'zod';
import { Agreement, PolicyOffer } from './agreement.ts';
import { StatusStatement } from './agreement-status.ts';
import { Floor } from './floor.ts';

const schemaOf = (schema: z.ZodType): object => z.toJSONSchema(schema, { io: 'input', reused: 'inline' });

/** By the name of the file. Closed: an unknown term is refused. Admission checks more: lattice, purpose tree, ids. */
export const policySchemas: Readonly<Record<string, object>> = {
  'agreement.v1.schema.json': schemaOf(Agreement),
  'offer.v1.schema.json': schemaOf(PolicyOffer),
  'floor.v1.schema.json': schemaOf(Floor),
  'agreement-status.v1.schema.json': schemaOf(StatusStatement),
};
