/** Bringing a node's schema forward on a database server, by command; embedded records come forward when the node starts. */
import { migrate, type Records } from '@revier/service-kit';
import { nodeMigrations } from './db/migrations.ts';

export const migrateNode = (records: Records, schema: string): Promise<readonly string[]> =>
  migrate(records.db(), nodeMigrations(schema));
