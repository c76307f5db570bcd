/** What may be kept, for how long, and how to ask whether it is still so (RFC 9110 section 13, RFC 9111). */
import type { Sha256 } from '@revier/schema';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What is named by its own hash never changes. */
export const FOREVER = 'public, max-age=31536000, immutable';

/** What changes now and then, and is asked for often. */
export const BRIEFLY = 'public, max-age=15, must-revalidate';

/** Sets the headers; true when the client has the very thing already, and 304 is all there is to say. */
export function isKept(request: FastifyRequest, reply: FastifyReply, hash: Sha256, cacheControl: string): boolean {
  const tag = `"${hash}"`;
  reply.headers({ etag: tag, 'cache-control': cacheControl });
  // Tags of ours hold no comma; If-None-Match compares weakly.
  const known = (request.headers['if-none-match'] ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return known.includes(tag) || known.includes('*');
}
