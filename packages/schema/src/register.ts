/** Virtual registers: the occasion that binds purpose, users, datasets and agreements across holders. */
import { z } from 'zod';
import { GeneralJws } from './envelope.ts';
import { ParticipantId, Realm, RegisterId, Sha256, Text, Timestamp } from './ids.ts';

/** What everybody may know of a register; the agreements stand in it whole, so that a client checks them itself. */
export const RegisterView = z
  .strictObject({
    id: RegisterId,
    realm: Realm,
    title: Text,
    purpose: z.string().max(120),
    dataUser: ParticipantId,
    expires: Timestamp,
    agreements: z.array(z.strictObject({ holder: ParticipantId, hash: Sha256, agreement: GeneralJws })),
  })
  .meta({ id: 'Register' });
export type RegisterView = z.infer<typeof RegisterView>;
