/** What tests need and products must not have: servers of one's own. */
export { type CollectedSpan, startCollector, type TestCollector } from './collector.ts';
export { freePort } from './free-port.ts';
export { discloseWithGuardsOff } from './guards-off.ts';
export { closed, listening } from './listening.ts';
export { chooseUser, type LogIn, logIn } from './log-in.ts';
export { startPostgres, type TestPostgres } from './postgres.ts';
export { startRedis, type TestRedis } from './redis.ts';
export {
  areas,
  type DatasetOptions,
  deprivation,
  describeDataset,
  lateStageQuestion,
  smallDatasets,
  smallVocabulary,
} from './small-region.ts';
export { answerFrom, type CodedRecord } from './source-of-records.ts';
export { cellsOf, writtenRelease } from './written-release.ts';
