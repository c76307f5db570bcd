/** Faults that pass by themselves, and say nothing about the letter that met them. */
import { ConnectionError, ProblemError } from '@revier/connector-sdk';
import { AppError } from '@revier/schema';

export const isPassing = (error: unknown): boolean =>
  error instanceof ConnectionError ||
  (error instanceof ProblemError && error.status >= 500) ||
  (error instanceof AppError && (error.code === 'TRUST_STALE' || error.code === 'NOT_READY'));
