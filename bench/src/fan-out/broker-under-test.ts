/** The broker that is measured, on a server's records or on embedded ones, with everything published beforehand. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateBroker, startBroker } from '@revier/broker';
import { createDataspaceClient, createSigner, type DataspaceClient } from '@revier/connector-sdk';
import { createLogger, openRecords, type Records } from '@revier/service-kit';
import { startPostgres } from '@revier/testkit';
import { REGISTER } from '../many-holders.ts';
import { BROKER, type DataSpace } from './data-space.ts';

export interface BrokerUnderTest {
  readonly url: string;
  readonly person: DataspaceClient;
  close(): Promise<void>;
}

export type Place = 'server' | 'embedded';

/** Undefined where there is no PostgreSQL server. */
export async function startBrokerUnderTest(space: DataSpace, place: Place): Promise<BrokerUnderTest | undefined> {
  const opened = place === 'server' ? await onServer() : await inFolder();
  if (opened === undefined) return undefined;
  const { records, drop } = opened;
  await migrateBroker(records);
  await publishAll(records, space);
  const broker = await startBroker({
    participant: BROKER,
    signer: await createSigner(space.broker.privateKey),
    realm: 'test',
    trustList: space.trustList,
    pinnedSigners: [space.broker.kid],
    records,
    queue: 'records',
    listen: { host: '127.0.0.1', port: 0 },
    logger: createLogger({ name: 'broker', level: 'error' }),
  });
  const person = createDataspaceClient({ baseUrl: broker.url });
  return {
    url: broker.url,
    person,
    close: async () => {
      await broker.close();
      await records.close();
      await drop();
    },
  };
}

interface Opened {
  readonly records: Records;
  drop(): Promise<void>;
}

async function onServer(): Promise<Opened | undefined> {
  const postgres = await startPostgres();
  if (postgres === undefined) return undefined;
  const records = await openRecords({ databaseUrl: postgres.url, onError: () => {} });
  return { records, drop: () => postgres.stop() };
}

async function inFolder(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-bench-'));
  const records = await openRecords({ folder, onError: () => {} });
  return { records, drop: () => rm(folder, { recursive: true }) };
}

/**
 * As if every holder had made its offer. Offers come one by one and each makes a new version of the catalogue, which
 * for 1,000 holders takes longer than everything that is measured here.
 */
async function publishAll({ pool }: Records, { datasets, agreements }: DataSpace): Promise<void> {
  await pool.query(
    `insert into broker.documents (hash, kind, name, signer, jws, current)
     select hash, 'dataset', name, signer, jws, true
     from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as given (hash, name, signer, jws)`,
    [
      datasets.map(({ hash }) => hash),
      datasets.map(({ id }) => id),
      datasets.map(({ holder }) => holder),
      datasets.map(({ jws }) => jws),
    ],
  );
  await pool.query(
    `insert into broker.agreements (hash, dataset, register, holder, jws)
     select hash, dataset, $5::text, holder, jws
     from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as given (hash, dataset, holder, jws)`,
    [
      agreements.map(({ hash }) => hash),
      agreements.map(({ dataset }) => dataset),
      agreements.map(({ holder }) => holder),
      agreements.map(({ jws }) => JSON.stringify(jws)),
      REGISTER,
    ],
  );
}
