/** Control runs: the same service with one line of defence taken out, so that an attack that then fails to win is found out. */
import type { Environment } from './service.ts';

/** In a file of the sources (its path from the root), the text of a defence, and what stands there in the control run. */
export interface Weakness {
  readonly file: string;
  readonly defence: string;
  readonly instead: string;
}

/** For one start of a service; products know nothing of it. */
export const without = (...weaknesses: readonly Weakness[]): Environment => ({
  NODE_OPTIONS: `--import ${new URL('weaken-hooks.ts', import.meta.url).href}`,
  REVIER_TEST_WEAKNESSES: JSON.stringify(weaknesses),
});
