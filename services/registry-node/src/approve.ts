/** The holder's tool for datasets in its own PostgreSQL: `approve sql …` says what to review, `approve fill …` follows each load. */
import { parseArgs } from 'node:util';
import { AppError } from '@revier/schema';
import type { ApprovalConfig } from './config.ts';
import { approvalSql, fillSource } from './folder/approve-source.ts';

const text = { type: 'string' } as const;
const options = { from: text, role: text, usable: text, column: { ...text, multiple: true }, 'as-of': text } as const;

const usage = (): AppError =>
  new AppError('INVALID_REQUEST', {
    detail: `the command is one of
  approve sql <dataset> --from <table> --role <reading role> [--usable <column>] [--column <variable>=<column>]…
  approve fill <dataset> --as-of <time of the data, 2026-06-30T00:00:00Z>, with REVIER_FILL_URL`,
  });

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch {
    throw usage();
  }
}

function columnOf(pair: string): [string, string] {
  const [, variable, column] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
  if (variable === undefined || column === undefined) throw usage();
  return [variable, column];
}

/** Returns what to print. @throws AppError, INVALID_REQUEST with all commands where the arguments are none of them */
export async function approve(args: readonly string[], { folder, fillUrl }: ApprovalConfig): Promise<string> {
  const { values, positionals } = readArguments(args);
  const [command, dataset = ''] = positionals;
  const { from, role, usable, column = [], 'as-of': asOf } = values;
  if (command === 'sql' && from !== undefined && role !== undefined) {
    const columns = Object.fromEntries(column.map(columnOf));
    return approvalSql(folder, dataset, { source: from, role, columns, usable });
  }
  if (command === 'fill' && asOf !== undefined && fillUrl !== undefined) {
    const { filled, epoch } = await fillSource(folder, dataset, { connectionString: fillUrl, asOf });
    return `${filled} new record keys; ${dataset} is described as of ${asOf}, epoch ${epoch}.\n`;
  }
  throw usage();
}
