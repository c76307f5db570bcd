/** `npm start`: installs when needed, then runs the laptop federation. */
import { join } from 'node:path';
import { ensureInstalled, environment, main, node, root, run } from './workspace.mjs';

/** The embedded database's code as it comes: optimising it takes more than the answer does, and half a gigabyte for a moment. */
const QUICK_START = '--liftoff-only';

await main(async () => {
  await ensureInstalled();
  return run(node, [QUICK_START, join(root, 'apps', 'laptop', 'src', 'main.ts'), ...process.argv.slice(2)], {
    env: environment(),
  });
});
