/** The registry-node: what a data holder runs. Rows never leave it; it dials out only. */
export type { NodeOptions, RunningNode } from './node-options.ts';
export { startNode } from './start-node.ts';
