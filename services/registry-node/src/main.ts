/** One node as a process, started from its folder: `main.ts` serves, `main.ts migrate` brings a server's records forward and ends. */
import { createLogger, openObservation, runMain } from '@revier/service-kit';
import { readConfig } from './config.ts';
import { openNodeFolder } from './folder/open-node-folder.ts';
import { migrateNode } from './migrate-node.ts';
import { startNode } from './start-node.ts';

runMain(async () => {
  const { folder, databaseUrl, sourceUrl, logLevel, ...config } = readConfig(process.env);
  const { crashAt, serviceName: service, tracesTo } = config;
  const logger = createLogger({ name: 'registry-node', level: logLevel });
  const opened = await openNodeFolder(folder, { logger, databaseUrl, sourceUrl });
  if (process.argv[2] === 'migrate') {
    await migrateNode(opened.options.records, opened.options.schema).finally(() => opened.close());
    return;
  }
  const observation = await openObservation({ service, metrics: true, tracesTo, logger });
  const node = await startNode({ ...opened.options, crashAt, observation }).catch(async (error: unknown) => {
    await opened.close();
    throw error;
  });
  logger.info({ url: node.adminUrl }, 'the node is up');
  const end = async (): Promise<void> => {
    await node.close();
    await opened.close();
    await observation.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end());
});
