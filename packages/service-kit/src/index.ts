/** What both services share: configuration, logging, HTTP, records and queues. */
export { appendEntry, appendLeaf, type EntryToLog, lockLog } from './audit-log/append.ts';
export {
  checkpointNow,
  keepCosignature,
  keepFault,
  keepSeen,
  latestCheckpoint,
  type OwnCheckpoint,
  type SeenLog,
  seenLogs,
  stepFrom,
  witnessedCheckpoints,
} from './audit-log/checkpoints.ts';
export { exportLog, type LogOwner, type MoreSnapshots } from './audit-log/export.ts';
export {
  consistencyProof,
  entriesFrom,
  eraseOpenings,
  headAt,
  headNow,
  inclusionProof,
  lastEntries,
  personsBehind,
  type StoredEntry,
  snapshotsOf,
} from './audit-log/read.ts';
export { type AuditLogTables, type LogDb, makeAuditLog } from './audit-log/tables.ts';
export { ConfigError, loadConfig } from './config.ts';
export { type CrashPoint, crashPointAt } from './crash-point.ts';
export { assertGuardsOn } from './guards.ts';
export { closeGracefully, type ListenOptions, listen, requestEnd } from './http/closing.ts';
export { type Answer, createHttp, type HttpApp, type HttpOptions } from './http/create-http.ts';
export type { HealthCheck } from './http/health.ts';
export { forLoopbackOnly } from './http/loopback.ts';
export type { SecuritySchemes } from './http/openapi.ts';
export { JSON_DEPTH_LIMIT, jsonPointer, parseJson, parseJsonBytes } from './http/parse-json.ts';
export { PROBLEM_MEDIA_TYPE, problemResponse, sendProblem } from './http/problems.ts';
export { invalidRequest } from './http/validation.ts';
export { lastWords, runMain } from './last-words.ts';
export { createLogger, describeError, type Logger, type LoggerSettings, type LogLevel, logLevels } from './logging.ts';
export { addMetricsRoute, httpTimes } from './observe/http-metrics.ts';
export type { Counter, Metrics } from './observe/metrics.ts';
export { type Observation, openObservation, unobserved } from './observe/observation.ts';
export { watchPool } from './observe/pool-metrics.ts';
export { preciseNow, type Steps, stepsOf } from './observe/steps.ts';
export type { Trail } from './observe/tracing.ts';
export { type Job, type JobHandler, type JobQueue, type QueueOptions, queueStates } from './queue/job-queue.ts';
export { migrateQueues, openQueue, type QueuePlace } from './queue/open-queue.ts';
export { checkFormat, DATA_FORMAT } from './records/data-format.ts';
export { lockFolder } from './records/folder-lock.ts';
export { type Migrations, migrate, pendingMigrations } from './records/migrate.ts';
export { openRecords, type RecordsOptions } from './records/open-records.ts';
export type { Records } from './records/records.ts';
export { createTrustTables, type RecordsTrustMemory, recordsTrustMemory } from './trust-memory/trust-memory.ts';
