/** `pnpm attack`: founds a federation, attacks it, prints one table, and leaves nothing behind. */
import { guardsOff, mustFail } from './control.ts';
import { raise } from './federation/raise.ts';
import { type AttackOptions, help, parseOptions } from './options.ts';
import { renderResults } from './report.ts';
import { type Result, runAttacks } from './run.ts';
import { suite } from './suite.ts';

async function run({ attacks, scale, json, seed, control }: AttackOptions): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  say('The federation is founded and started.');
  const env = control ? guardsOff : {};
  const federation = await raise(seed, env);
  try {
    const results = await runAttacks(attacks, { federation, seed, scale, env, say });
    process.stdout.write(json ? `${JSON.stringify(results, null, 2)}\n` : `${renderResults(results)}\n`);
    for (const { id, detail, passed } of json ? [] : results)
      process.stdout.write(`${id}${passed ? '' : ' FAILED'}: ${detail}\n`);
    process.exitCode = (control ? controlHolds(results) : results.every(({ passed }) => passed)) ? 0 : 1;
  } finally {
    await federation.stop();
  }
}

/** Without guards those attacks must win that the guards are for. */
const controlHolds = (results: readonly Result[]): boolean =>
  results.every(
    ({ id, passed, figure }) => !mustFail.some((one) => one === id) || (!passed && figure !== 'broken off'),
  );

/** Services end with the process that has started them, also when somebody interrupts it. */
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const parsed = parseOptions(process.argv.slice(2), suite);
if (parsed.kind === 'run') await run(parsed.options);
else if (parsed.kind === 'help') process.stdout.write(help);
else {
  process.stderr.write(`${parsed.fault}\n\n${help}`);
  process.exitCode = 2;
}
