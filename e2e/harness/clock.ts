/** Clocks that a test turns: of services for one start, and of whoever asks. */
import type { Environment } from './service.ts';

/** For one start of a service; products know nothing of it. */
export const clockOffBy = (ms: number): Environment => ({
  NODE_OPTIONS: `--import ${new URL('clock-hooks.ts', import.meta.url).href}`,
  REVIER_TEST_CLOCK_MS: String(ms),
});
