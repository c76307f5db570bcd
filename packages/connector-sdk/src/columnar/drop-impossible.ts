/** Records in combinations that the dataset's description calls impossible: cells of these are said to be zero, so no such record may be stored. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { AppError } from '@revier/schema';
import type { RejectedRecord } from './columns.ts';
import type { ImportPlan } from './plan-import.ts';
import { quoted } from './staging.ts';

/** Stored codes by variable, which no record can have together. */
export type ImpossibleCodes = Readonly<Record<string, readonly string[]>>;

/** Leaves them out; returns how many, and the first of them. @throws AppError IMPORT_UNFIT for a variable that is no dimension of the model */
export async function dropImpossible(
  connection: DuckDBConnection,
  plan: ImportPlan,
  impossible: readonly ImpossibleCodes[],
  limit: number,
): Promise<{ total: number; first: RejectedRecord[] }> {
  const all: RejectedRecord[] = [];
  let total = 0;
  for (const [at, codes] of impossible.entries()) {
    const [first] = Object.keys(codes);
    if (first === undefined) continue;
    for (const name of Object.keys(codes))
      if (!plan.columns.some((column) => column.name === name && column.role === 'dimension'))
        throw AppError.at('IMPORT_UNFIT', `/impossible/${at}/${name}`, 'The data model has no such dimension.');
    const from = `from staging where ${Object.entries(codes).map(isOneOf).join(' and ')}`;
    const rows = (await (await connection.run(`select row_number ${from} order by row_number`)).getColumns())[0] ?? [];
    total += rows.length;
    all.push(
      ...rows.slice(0, limit).map((row) => ({ row: Number(row), variable: first, reason: 'impossible' as const })),
    );
    if (rows.length > 0) await connection.run(`delete ${from}`);
  }
  return { total, first: all.slice(0, limit) };
}

const isOneOf = ([name, codes]: [string, readonly string[]]): string =>
  `${quoted(name)} in (${codes.map((code) => `'${code.replaceAll("'", "''")}'`).join(', ')})`;
