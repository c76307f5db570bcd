/** The last words of a process that cannot start: what is wrong and what to do, for whoever started it. */
import { AppError, problemKinds } from '@revier/schema';
import { ConfigError } from './config.ts';
import { describeError } from './logging.ts';

/** Messages of our own are written for people; those of others may quote data, so only their kind and place is told. */
export function lastWords(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof AppError)) return `The service has not started: ${JSON.stringify(describeError(error))}`;
  const { title, hint } = problemKinds[error.code];
  const what = error.message === title ? title : `${title}: ${error.message}`;
  return `${error.code}: ${what}\n${hint}`;
}

/** Runs a service's main function; when it fails, the process says why and ends with 1. */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    process.stderr.write(`${lastWords(error)}\n`);
    process.exitCode = 1;
  });
}
