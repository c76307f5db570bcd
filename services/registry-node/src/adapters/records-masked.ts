/** What was ever masked of each cell, in the node's records: read before anything is masked again, and kept before it leaves. */
import type { MaskedSet } from '@revier/core';
import { AppError, Sha256 } from '@revier/schema';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { NodeTables } from '../db/tables.ts';
import type { Sums } from '../sum-ports.ts';
import { lockNamed, type NodeDb } from './node-db.ts';

type Db = Kysely<NodeTables>;

/** One after the other: two at a time could each mask a set that the other does not know. */
export const holdMaskedIn =
  (node: NodeDb): Sums['hold'] =>
  (dataset, make) =>
    node.transaction(async (trx) => {
      await lockNamed(trx, `${node.schema} masked ${dataset}`);
      const made = await make((cells) => maskedBefore(trx, dataset, cells));
      await keep(trx, node.schema, dataset, made.fresh);
      return made;
    });

const Count = z.int().nonnegative();
const Kept = z.strictObject({ units: Count, persons: Count, key: Count, figures: z.array(z.int()).min(1) });

/** What cannot be read ends the answer: it might be what must be masked again. */
async function maskedBefore(trx: Db, dataset: string, cells: readonly Sha256[]) {
  const rows = await trx
    .selectFrom('masked_set')
    .select(['cell', 'content'])
    .where('dataset', '=', dataset)
    .where(sql<boolean>`cell = any(string_to_array(${cells.join(' ')}, ' '))`)
    .orderBy('seq')
    .execute();
  const sets = new Map<Sha256, MaskedSet[]>();
  for (const { cell, content } of rows) {
    const [name, set] = [Sha256.parse(cell), readSet(content)];
    const known = sets.get(name);
    if (known === undefined) sets.set(name, [set]);
    else known.push(set);
  }
  return sets;
}

/** Without the cause, which would tell what stands there. */
function readSet(content: string): MaskedSet {
  try {
    return Kept.parse(JSON.parse(content));
  } catch {
    throw new AppError('INTERNAL', { detail: 'What was masked before cannot be read.' });
  }
}

async function keep(trx: Db, schema: string, dataset: string, fresh: ReadonlyMap<Sha256, MaskedSet>): Promise<void> {
  if (fresh.size === 0) return;
  await sql`
    insert into ${sql.table(`${schema}.masked_set`)} (dataset, cell, content)
    select ${dataset}, key, value from json_each_text(${JSON.stringify(Object.fromEntries(fresh))}::json)`.execute(trx);
}
