/** Records for tests that must hold over both kinds: the embedded database, and a PostgreSQL server where one is installed. */
import { openRecords, type Records } from '@revier/service-kit';
import { startPostgres } from '@revier/testkit';
import { afterAll } from 'vitest';

/** Called at the top of a test file, with which the server ends. By name; whoever opens records closes them. */
export async function engines(): Promise<readonly [string, () => Promise<Records>][]> {
  const server = await startPostgres();
  afterAll(async () => {
    await server?.stop();
  });
  return [
    ['the embedded database', () => openRecords({ memory: true })],
    ...(server === undefined
      ? []
      : [['PostgreSQL', () => openRecords({ databaseUrl: server.url })] satisfies [string, () => Promise<Records>]]),
  ];
}
