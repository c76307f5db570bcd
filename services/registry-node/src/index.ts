/** The registry-node: what a data holder runs. Rows never leave it; it dials out only. */
export { type NodeFolder, NodeSettings, nodeFiles } from './folder/node-folder.ts';
export { type FolderSettings, type OpenedFolder, openNodeFolder } from './folder/open-node-folder.ts';
export { writeNodeFolder } from './folder/write-node-folder.ts';
export { migrateNode } from './migrate-node.ts';
export type { NodeOptions, RunningNode } from './node-options.ts';
export { openApiDocument } from './openapi.ts';
export { startNode } from './start-node.ts';
