/** The broker as a process: `main.ts` serves, `main.ts migrate` brings a server's records forward and ends. */
import { createLogger, runMain } from '@revier/service-kit';
import { readConfig } from './config.ts';
import { openBrokerFolder } from './folder.ts';
import { migrateBroker, startBroker } from './start-broker.ts';

runMain(async () => {
  const config = readConfig(process.env);
  const logger = createLogger({ name: 'broker', level: config.LOG_LEVEL });
  const options = await openBrokerFolder(config.REVIER_FOLDER, {
    logger,
    databaseUrl: config.DATABASE_URL,
    redisUrl: config.REDIS_URL,
  });
  const { records } = options;
  if (process.argv[2] === 'migrate') return migrateBroker(records).finally(() => records.close());
  const broker = await startBroker({ ...options, crashAt: config.REVIER_CRASH_AT }).catch(async (error: unknown) => {
    await records.close();
    throw error;
  });
  const stop = async (): Promise<void> => {
    await broker.close();
    await records.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stop().catch((err: unknown) => {
        logger.error({ err }, 'could not stop gracefully');
        process.exitCode = 1;
      });
    });
});
