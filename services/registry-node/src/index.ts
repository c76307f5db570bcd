/** The registry-node: what a data holder runs. Rows never leave it; it dials out only. */
import { migrate, type Records } from '@revier/service-kit';
import { nodeMigrations } from './db/migrations.ts';

export { type NodeFolder, NodeSettings, nodeFiles } from './folder/node-folder.ts';
export { type FolderSettings, type OpenedFolder, openNodeFolder } from './folder/open-node-folder.ts';
export { writeNodeFolder } from './folder/write-node-folder.ts';
export type { NodeOptions, RunningNode } from './node-options.ts';
export { openApiDocument } from './openapi.ts';
export { startNode } from './start-node.ts';

/** Brings a node's schema forward on a database server; embedded records come forward when the node starts. */
export const migrateNode = (records: Records, schema: string): Promise<readonly string[]> =>
  migrate(records.db(), nodeMigrations(schema));
