/** The holder's tool for datasets in its own PostgreSQL: `approve.ts sql …` prints what to review, `approve.ts fill …` follows each load. */
import { parseArgs } from 'node:util';
import { AppError } from '@revier/schema';
import { runMain } from '@revier/service-kit';
import { readApprovalConfig } from './config.ts';
import { approvalSql, fillSource } from './folder/approve-source.ts';

const text = { type: 'string' } as const;
const options = { from: text, role: text, usable: text, column: { ...text, multiple: true }, 'as-of': text } as const;

const usage = (): AppError =>
  new AppError('INVALID_REQUEST', {
    detail: `the command is one of
  approve.ts sql <dataset> --from <table> --role <reading role> [--usable <column>] [--column <variable>=<column>]…
  approve.ts fill <dataset> --as-of <time of the data, 2026-06-30T00:00:00Z>, with REVIER_FILL_URL`,
  });

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch {
    throw usage();
  }
}

function columnOf(pair: string): [string, string] {
  const [, variable, column] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
  if (variable === undefined || column === undefined) throw usage();
  return [variable, column];
}

runMain(async () => {
  const { values, positionals } = readArguments();
  const { folder, fillUrl } = readApprovalConfig(process.env);
  const [command, dataset = ''] = positionals;
  const { from, role, usable, column = [], 'as-of': asOf } = values;
  if (command === 'sql' && from !== undefined && role !== undefined) {
    const approval = { source: from, role, columns: Object.fromEntries(column.map(columnOf)), usable };
    process.stdout.write(await approvalSql(folder, dataset, approval));
  } else if (command === 'fill' && asOf !== undefined && fillUrl !== undefined) {
    const { filled, epoch } = await fillSource(folder, dataset, { connectionString: fillUrl, asOf });
    process.stdout.write(`${filled} new record keys; ${dataset} is described as of ${asOf}, epoch ${epoch}.\n`);
  } else throw usage();
});
