/** The broker as a process: `main.ts` serves, `main.ts migrate` brings a server's records forward and ends. */
import { createLogger, openObservation, runMain } from '@revier/service-kit';
import { type BrokerConfig, readConfig } from './config.ts';
import { openBrokerFolder } from './folder.ts';
import { type BrokerOptions, migrateBroker, type RunningBroker, startBroker } from './start-broker.ts';

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
  const broker = await serve(options, config).catch(async (error: unknown) => {
    await records.close();
    throw error;
  });
  const stop = () => broker.close().then(() => records.close());
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stop().catch((err: unknown) => {
        logger.error({ err }, 'could not stop gracefully');
        process.exitCode = 1;
      });
    });
});

async function serve(options: BrokerOptions, config: BrokerConfig): Promise<RunningBroker> {
  const { METRICS_PORT: port, OTEL_SERVICE_NAME: service, OTEL_EXPORTER_OTLP_ENDPOINT: tracesTo } = config;
  const metrics = port !== undefined && { port };
  const observation = await openObservation({ service, metrics, tracesTo, logger: options.logger });
  const started = startBroker({ ...options, crashAt: config.REVIER_CRASH_AT, observation });
  const broker = await started.catch((error: unknown) => observation.close().then(() => Promise.reject(error)));
  return { url: broker.url, close: () => broker.close().finally(() => observation.close()) };
}
