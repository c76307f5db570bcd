/** Runs attacks one after the other against one federation; an attack that breaks off has not been withstood. */
import type { Environment } from '@revier/e2e/harness/service.ts';
import type { Attack, Outcome, Scale } from './attack.ts';
import { dice } from './dice.ts';
import type { Raised } from './federation/raise.ts';
import { tablesOf } from './federation/tables.ts';

export interface Result extends Outcome {
  readonly id: string;
  readonly title: string;
  readonly needs: Attack['needs'];
  readonly seconds: number;
}

export interface Running {
  readonly federation: Raised;
  readonly seed: number;
  readonly scale: Scale;
  readonly env?: Environment;
  readonly say?: (line: string) => void;
}

export async function runAttacks(attacks: readonly Attack[], running: Running): Promise<Result[]> {
  const { federation, seed, scale, env = {}, say = () => undefined } = running;
  const tables = tablesOf(federation.mallory);
  const results: Result[] = [];
  for (const attack of attacks) {
    const { id, title, needs } = attack;
    const begun = performance.now();
    const outcome = await attack
      .run({ federation, tables, scale, env, random: dice(seed + Number(id.slice(1))) })
      .catch((error: unknown) => brokenOff(error));
    results.push({ id, title, needs, ...outcome, seconds: (performance.now() - begun) / 1000 });
    say(`${outcome.passed ? 'withstood' : 'FAILED   '}  ${id}  ${outcome.figure}`);
  }
  return results;
}

const brokenOff = (error: unknown): Outcome => ({
  ...{ figure: 'broken off', criterion: 'runs to its end', passed: false },
  detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
});
