/** The broker: carries signed questions to nodes and signed, disclosure-controlled answers back. */
export {
  type BrokerFolder,
  type BrokerSettings,
  type OpenFolderOptions,
  openBrokerFolder,
  readBrokerFolder,
  writeBrokerFolder,
} from './folder.ts';
export { openApiDocument } from './openapi.ts';
export type { PeopleInput } from './people.ts';
export { type BrokerOptions, migrateBroker, type RunningBroker, startBroker } from './start-broker.ts';
