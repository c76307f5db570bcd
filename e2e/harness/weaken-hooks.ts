/** Preloaded into a service of a control run: takes single defences out of its source while it is loaded, and says so. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { z } from 'zod';

const Weaknesses = z.array(z.strictObject({ file: z.string(), defence: z.string(), instead: z.string() }));

const list = Weaknesses.parse(JSON.parse(process.env.REVIER_TEST_WEAKNESSES ?? '[]'));

/** Production refuses a process in which this is loaded (service-kit, guards.ts). */
Reflect.set(globalThis, Symbol.for('revier.guards-off'), true);

registerHooks({
  load(url, context, nextLoad) {
    const own = list.filter(({ file }) => url.endsWith(`/${file}`));
    if (own.length === 0) return nextLoad(url, context);
    const source = own.reduce(weaken, readFileSync(new URL(url), 'utf8'));
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});

/** A defence that is not there as written would make a control run that controls nothing. */
function weaken(source: string, { file, defence, instead }: z.infer<typeof Weaknesses>[number]): string {
  if (source.split(defence).length !== 2) throw new Error(`${file} does not have once: ${defence}`);
  process.stderr.write(`WEAKENED ${file}\n`);
  return source.replace(defence, () => instead);
}
