/** Pages of lists: opaque cursors, and a link to what comes next (RFC 8288). */
import { AppError, type Cursor } from '@revier/schema';
import { parseJson } from '@revier/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';

export const cursorOf = (place: unknown): Cursor => Buffer.from(JSON.stringify(place)).toString('base64url');

/** @throws AppError INVALID_REQUEST for a cursor that no page gave */
export function placeOf<S extends z.ZodType>(cursor: Cursor | undefined, schema: S): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  const place = schema.safeParse(jsonIn(cursor));
  if (place.success) return place.data;
  throw AppError.at('INVALID_REQUEST', '/query/cursor', 'Expected the cursor of an earlier page.');
}

function jsonIn(cursor: Cursor): unknown {
  try {
    return parseJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** One more than fits tells that there is a next page; it begins after the last one that fits. */
export function pageOf<T>(
  found: readonly T[],
  limit: number,
  place: (last: T) => unknown,
): { readonly items: readonly T[]; readonly next: Cursor | null } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? cursorOf(place(last)) : null };
}

export function linkNext(request: FastifyRequest, reply: FastifyReply, next: Cursor | null, limit: number): void {
  if (next === null) return;
  const path = request.routeOptions.url ?? '';
  reply.header('link', `<${path}?limit=${limit}&cursor=${next}>; rel="next"`);
}
