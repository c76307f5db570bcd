/** `npm start`: installs when needed, then runs the laptop federation. */
import { join } from 'node:path';
import { ensureInstalled, environment, main, node, root, run } from './workspace.mjs';

await main(async () => {
  await ensureInstalled();
  return run(node, [join(root, 'apps', 'laptop', 'src', 'main.ts'), ...process.argv.slice(2)], { env: environment() });
});
