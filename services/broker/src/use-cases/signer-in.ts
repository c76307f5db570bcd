/** Whose key has signed something that was verified when it came, as far as the trust list knows that key today. */
import type { Trust } from '@revier/connector-sdk';
import type { ParticipantId } from '@revier/schema';
import { z } from 'zod';

const Header = z.object({ kid: z.string() });

/** @param header protected, in base64url */
export const signerIn = (trust: Trust, header = ''): ParticipantId | undefined =>
  trust.keyOf(Header.parse(JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))).kid)?.participant.id;
