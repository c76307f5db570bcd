/** Parts of descriptions that several routes share: replies without a body, and bodies that are not JSON. */
import type { FastifyReply } from 'fastify';
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

/**
 * Sends bytes that lie in several places as they lie: the framework takes one buffer or a stream, and for a thousand
 * replies with the same large part in them, copies or streams cost more than everything else.
 */
export function sendPieces(reply: FastifyReply, type: string, pieces: readonly Uint8Array[]): FastifyReply {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const { raw } = reply.type(type).header('content-length', length).hijack();
  // Who waited has gone.
  if (raw.destroyed) return reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.cork();
  raw.writeHead(reply.statusCode);
  for (const piece of pieces) raw.write(piece);
  raw.end();
  raw.uncork();
  return reply;
}
