/**
 * One node as a process, started from its folder: `main.ts` serves, `main.ts migrate` brings a server's records forward and ends,
 * `main.ts approve …` prepares data in the holder's own PostgreSQL and ends.
 */
import { createLogger, openObservation, runMain } from '@revier/service-kit';
import { approve } from './approve.ts';
import { readApprovalConfig, readConfig } from './config.ts';
import { openNodeFolder } from './folder/open-node-folder.ts';
import { migrateNode } from './migrate-node.ts';
import { startNode } from './start-node.ts';

runMain(async () => {
  const [command, ...args] = process.argv.slice(2);
  if (command === 'approve') {
    process.stdout.write(await approve(args, readApprovalConfig(process.env)));
    return;
  }
  const { folder, databaseUrl, sourceUrl, logLevel, ...config } = readConfig(process.env);
  const { crashAt, serviceName: service, tracesTo } = config;
  const logger = createLogger({ name: 'registry-node', level: logLevel });
  const opened = await openNodeFolder(folder, { logger, databaseUrl, sourceUrl });
  if (command === 'migrate') {
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
