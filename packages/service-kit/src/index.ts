/** What both services share: configuration, logging, HTTP, records and queues. */
export { ConfigError, loadConfig } from './config.ts';
export { type CrashPoint, crashPointAt } from './crash-point.ts';
export { closeGracefully, type ListenOptions, listen, requestEnd } from './http/closing.ts';
export { type Answer, createHttp, type HttpApp, type HttpOptions } from './http/create-http.ts';
export type { HealthCheck } from './http/health.ts';
export type { SecuritySchemes } from './http/openapi.ts';
export { JSON_DEPTH_LIMIT, jsonPointer, parseJson, parseJsonBytes } from './http/parse-json.ts';
export { PROBLEM_MEDIA_TYPE, problemResponse, sendProblem } from './http/problems.ts';
export { invalidRequest } from './http/validation.ts';
export { createLogger, describeError, type Logger, type LoggerSettings, type LogLevel, logLevels } from './logging.ts';
export type { Job, JobHandler, JobQueue, QueueOptions } from './queue/job-queue.ts';
export { migrateQueues, postgresQueue, QUEUE_SCHEMA } from './queue/postgres-queue.ts';
export { redisQueue } from './queue/redis-queue.ts';
export { checkFormat, DATA_FORMAT } from './records/data-format.ts';
export { lockFolder } from './records/folder-lock.ts';
export { type Migrations, migrate, pendingMigrations } from './records/migrate.ts';
export { openRecords, type RecordsOptions } from './records/open-records.ts';
export type { Records } from './records/records.ts';
