/** Parts of descriptions that several routes share: replies without a body, and bodies that are not JSON. */
import { z } from 'zod';

export const noContent = z.null().describe('Done; there is nothing to say');

export const notModified = z.null().describe('What you have is what there is');

/** Buffers and texts leave as they are, past the serializer: the schema is for the description only. */
export const rawReply = (type: string, description: string, schema: z.ZodType<unknown> = z.file()) => ({
  description,
  content: { [type]: { schema } },
});

/** Whatever the parser of the content type has made of it: to be looked at by the handler. */
export const rawBody = z.unknown().meta({ type: 'string', format: 'binary' });
