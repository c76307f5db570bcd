/** `pnpm bench`: measures part after part and prints one table; whatever it starts, it ends. */
import { measureDisclosure } from './disclosure/measure-disclosure.ts';
import { measureEngines } from './engines/measure-engines.ts';
import { measureOverhead } from './engines/measure-overhead.ts';
import { measureFanOut } from './fan-out/measure-fan-out.ts';
import { measureLog } from './log/measure-log.ts';
import { measureMerge } from './merge/measure-merge.ts';
import { type BenchOptions, help, parseOptions } from './options.ts';
import { measurePolicy } from './policy/measure-policy.ts';
import type { Bench, Part, Row } from './row.ts';
import { measureSecureSum } from './secure-sum/measure-secure-sum.ts';
import { measureStart } from './start/measure-start.ts';
import { renderTable } from './table.ts';

const measures: Record<Part, (bench: Bench) => Promise<Row[]>> = {
  a: measureFanOut,
  b: measureOverhead,
  c: measureMerge,
  d: measureEngines,
  e: measureStart,
  f: measurePolicy,
  g: measureDisclosure,
  h: measureLog,
  i: measureSecureSum,
};

async function run(options: BenchOptions): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const rows: Row[] = [];
  for (const part of options.parts) rows.push(...(await measures[part]({ ...options, say })));
  process.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : `${renderTable(rows)}\n`);
}

const parsed = parseOptions(process.argv.slice(2));
if (parsed.kind === 'run') await run(parsed.options);
else if (parsed.kind === 'help') process.stdout.write(help);
else {
  process.stderr.write(`${parsed.fault}\n\n${help}`);
  process.exitCode = 2;
}
