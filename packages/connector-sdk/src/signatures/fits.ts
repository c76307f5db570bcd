/** Where data meet their schema: what does not fit is named by JSON pointers, never by its content. */
import { AppError } from '@revier/schema';
import type { z } from 'zod';

/** @throws AppError INVALID_REQUEST */
export function assertFits<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError('INVALID_REQUEST', {
    errors: result.error.issues.slice(0, 50).map((issue) => ({
      pointer: issue.path.map(pointerStep).join('').slice(0, 500),
      detail: issue.message.slice(0, 500),
    })),
  });
}

/** RFC 6901. */
const pointerStep = (step: PropertyKey): string => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
