/** People at a broker: their roles, how they show their credential, and what the broker makes of them. */
import { z } from 'zod';
import { ParticipantId } from './ids.ts';

/** What somebody is in the data space; the rules over them stand in the broker's access.cedar. */
export const PersonRole = z.enum([
  'researcher',
  'planner',
  'holder-admin',
  'data-protection-officer',
  'operator',
  'auditor',
]);
export type PersonRole = z.infer<typeof PersonRole>;

/** The header with the researcher credential whose key the access token is bound to. */
export const CREDENTIAL_HEADER = 'Revier-Credential';

/** `GET /v1/me`: who the broker takes the caller for. */
export const Me = z
  .strictObject({
    issuer: z.string().max(2000),
    subject: z.string().max(500),
    roles: z.array(PersonRole).max(6),
    organisation: ParticipantId.nullable(),
    /** `did:web:university.example#r17`: whose queries the caller may see as their own. */
    persons: z.array(z.string().max(300)).max(10),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;
