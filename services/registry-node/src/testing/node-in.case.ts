/** A node's own schema, fresh, in records that are open. */
import { randomUUID } from 'node:crypto';
import type { Records } from '@revier/service-kit';
import { type NodeDb, nodeDb } from '../adapters/node-db.ts';
import { migrateNode } from '../migrate-node.ts';

export async function nodeIn(records: Records): Promise<NodeDb> {
  const schema = `node_${randomUUID().slice(0, 8)}`;
  await migrateNode(records, schema);
  return nodeDb(records, schema);
}
