/** What a holder has signed, or why it has not. */
import { resolver, type Trust, verifyCompact } from '@revier/connector-sdk';
import { AppError, type HolderAnswer } from '@revier/schema';
import type { z } from 'zod';

export async function signedBy<S extends z.ZodType>(
  { holder }: HolderAnswer,
  trust: Trust,
  jws: string,
  kind: 'revier-release+jws' | 'revier-receipt+jws' | 'revier-status+jws',
  schema: S,
): Promise<z.output<S> | string> {
  try {
    return await verifyCompact(jws, kind, schema, resolver(trust, { participant: holder, role: 'data-holder' }));
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
