/** Virtual registers: the occasion that binds purpose, users, datasets and agreements across holders. */
import { z } from 'zod';
import { AgreementStatus, NegotiationState } from './agreement-status.ts';
import { GeneralJws } from './envelope.ts';
import { DatasetId, ParticipantId, Realm, RegisterId, Sha256, Text, Timestamp } from './ids.ts';

/** What everybody may know of a register; the agreements stand in it whole, so that a client checks them itself. */
export const RegisterView = z
  .strictObject({
    id: RegisterId,
    realm: Realm,
    title: Text,
    purpose: z.string().max(120),
    dataUser: ParticipantId,
    expires: Timestamp,
    /** The newest one that the broker has carried. */
    application: z
      .strictObject({
        hash: Sha256,
        version: z.int().min(1),
        aim: z.string().max(4000),
        from: Timestamp,
        expires: Timestamp,
      })
      .optional(),
    /** How far each holder has come with it, as far as letters tell; reasons stay between the two. */
    negotiations: z
      .array(z.strictObject({ holder: ParticipantId, dataset: DatasetId, state: NegotiationState, since: Timestamp }))
      .optional(),
    agreements: z.array(
      z.strictObject({
        holder: ParticipantId,
        hash: Sha256,
        agreement: GeneralJws,
        /** As its holder has stated it last; left out while nothing was stated to the broker. */
        status: AgreementStatus.optional(),
      }),
    ),
  })
  .meta({ id: 'Register' });
export type RegisterView = z.infer<typeof RegisterView>;
