/** The counter where codes are handed over: bound arrays that a statement sees as the relation `lookup`. */
import { type CompiledStatement, withRelation } from '../sql/compile-table.ts';
import type { Lookup } from '../sql/lookups.ts';

export interface BoundStatement {
  readonly text: string;
  readonly values: readonly (readonly string[] | readonly number[])[];
}

/**
 * One `unnest` for each list of codes, put together by UNION ALL and not materialised: the planner then sees each list at its true length.
 * Measured in PostgreSQL 15 on 1 M records with a mapping of 17,640 codes (three statements, ms): 1055, 1023, 1926; one `unnest` of
 * all lists 1628, 1623, 3182, materialised 1361, 1347, 2322; as JSON over 20,000 each. Inline VALUES (875, 759, 1891) would put codes into the SQL.
 */
export function handOver(statement: CompiledStatement, lookups: readonly Lookup[]): BoundStatement {
  if (lookups.length === 0) return { text: statement.sql, values: [] };
  const lists = lookups.map(
    ({ slot }, at) => `select ${slot}, u.* from unnest($${2 * at + 1}::text[], $${2 * at + 2}::bigint[]) as u`,
  );
  return {
    text: withRelation(
      statement,
      `lookup (slot, stored, number) as not materialized (\n  ${lists.join('\n  union all\n  ')}\n)`,
    ),
    values: lookups.flatMap(({ stored, numbers }) => [stored, numbers]),
  };
}
