/** The engine room: how DuckDB is started for writing and, locked down, for reading, and how a statement is stopped. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { throwIfStopped } from '../data-source-life.ts';

/** Memory in megabytes, for each open file; what exceeds it is spilled to disk. */
export interface EngineLimits {
  readonly memoryLimitMb: number;
  readonly threads: number;
}

/** The order counts: once external access is off, DuckDB takes no other directory. */
const closedWorld = (limits: EngineLimits, spillTo: string) => ({
  temp_directory: spillTo,
  enable_external_access: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  allow_persistent_secrets: 'false',
  memory_limit: `${limits.memoryLimitMb}MB`,
  threads: String(limits.threads),
  integer_division: 'true',
  default_null_order: 'postgres',
});

/** Reads one file and nothing else; its configuration can no longer be changed. */
export const startReader = (path: string, spillTo: string, limits: EngineLimits): Promise<DuckDBInstance> =>
  DuckDBInstance.create(path, {
    access_mode: 'READ_ONLY',
    ...closedWorld(limits, spillTo),
    lock_configuration: 'true',
  });

/** Writes one new file. */
export const startWriter = (path: string, spillTo: string, limits: EngineLimits): Promise<DuckDBInstance> =>
  DuckDBInstance.create(path, { ...closedWorld(limits, spillTo), lock_configuration: 'true' });

const INTERRUPT_EVERY_MS = 10;

/**
 * Runs statements that `signal` can stop. Rejects with `DOMException` `AbortError` once the signal is aborted.
 * DuckDB forgets an interrupt that arrives between two statements, so it is repeated until the work has ended.
 */
export async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  throwIfStopped(signal);
  let repeat: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    repeat = setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS);
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const outcome = await work();
    throwIfStopped(signal);
    return outcome;
  } catch (cause) {
    throwIfStopped(signal);
    throw cause;
  } finally {
    clearInterval(repeat);
    signal?.removeEventListener('abort', interrupt);
  }
}
