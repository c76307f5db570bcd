/** `pnpm bench:utility`: safety and usefulness of each way to protect counts, in one table and one chart (docs/figures/utility.svg). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chart } from './chart.ts';
import { measure, type Utility } from './measure.ts';
import { methods } from './methods.ts';
import { region } from './ruhr-tables.ts';
import { type Safety, safetyOf } from './safety.ts';

const file = fileURLToPath(new URL('../../../docs/figures/utility.svg', import.meta.url));
const HELP = `What each way of protecting counts withholds, how far figures and rates are off, and how safe it is: a table in Markdown, and a chart.

  pnpm bench:utility
  --quick   a small region, and no chart
  --json    the figures as JSON
  --help    this text

How to read it: docs/disclosure-control.md.
`;
const VANISHING = 'colorectal, district × age × sex';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** A small region, and no chart. */
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const safeties = methods.map((method) => {
  say(`safety   ${method.name}`);
  return safetyOf(method);
});
const ruhr = region(values.quick ? 100_000 : null);
const utilities = ruhr.tables.flatMap((table) =>
  methods.map((method) => {
    say(`${table.name}   ${method.name}`);
    return measure(ruhr, table, method);
  }),
);
process.stdout.write(
  values.json ? `${JSON.stringify({ safeties, utilities }, null, 2)}\n` : tableOf(utilities, safeties),
);
if (!values.quick) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, chart(utilities, safeties, VANISHING));
}

/** In Markdown, so that it can stand in a document as it is. */
function tableOf(rows: readonly Utility[], safe: readonly Safety[]): string {
  const lines = rows.map((row) => {
    const own = safe.find(({ method }) => method === row.method);
    return [
      ...[row.table, row.method, row.cells.toLocaleString('en'), percent(row.withheld)],
      ...[row.meanError.toFixed(2), String(row.error95), row.crude95 === null ? '' : percent(row.crude95)],
      ...[
        row.direct === null ? '' : percent(row.direct),
        row.lost.map((share) => (100 * share).toFixed(0)).join(' / '),
      ],
      ...[percent(own?.differencing ?? Number.NaN), percent(own?.setEquality ?? Number.NaN)],
    ];
  });
  const heads = [
    'table',
    'method',
    'cells',
    'withheld',
    'mean error',
    '95 % error',
    'crude rate 95 %',
    'direct rate',
    'cases lost Q1 … Q5, %',
    'A3',
    'A4',
  ];
  return [heads, heads.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
