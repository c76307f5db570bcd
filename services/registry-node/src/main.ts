/** One node as a process: started from its folder, ended by a signal. */

import { AppError } from '@revier/schema';
import { ConfigError, createLogger, describeError } from '@revier/service-kit';
import { readConfig } from './config.ts';
import { openNodeFolder } from './folder/open-node-folder.ts';
import { startNode } from './start-node.ts';

async function main(): Promise<void> {
  const { folder, databaseUrl, logLevel, crashAt } = readConfig(process.env);
  const logger = createLogger({ name: 'registry-node', level: logLevel });
  const opened = await openNodeFolder(folder, { logger, databaseUrl });
  const node = await startNode({ ...opened.options, crashAt }).catch(async (error: unknown) => {
    await opened.close();
    throw error;
  });
  logger.info({ url: node.adminUrl }, 'the node is up');
  const end = async (): Promise<void> => {
    await node.close();
    await opened.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end());
}

main().catch((error: unknown) => {
  // Messages of our own are written for people; those of others may quote data.
  const words =
    error instanceof ConfigError || error instanceof AppError ? error.message : JSON.stringify(describeError(error));
  process.stderr.write(`${words}\n`);
  process.exitCode = 1;
});
