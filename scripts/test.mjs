/** `npm test`: installs when needed, then runs every test, fast ones first, and ends with one line that counts them. */
import { join } from 'node:path';
import { ensureInstalled, environment, main, node, root, run } from './workspace.mjs';

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');

await main(async () => {
  await ensureInstalled();
  return run(
    node,
    [vitest, 'run', '--reporter=default', '--reporter=./scripts/count-reporter.ts', ...process.argv.slice(2)],
    { env: environment() },
  );
});
