/** What everybody may know of negotiations, kept beside the letters that say it: the newest application of a register, and states. */
import type { VerifiedApplication } from '@revier/connector-sdk';
import { negotiate } from '@revier/core';
import {
  Application,
  CompactJws,
  DatasetId,
  NegotiationState,
  ParticipantId,
  RegisterId,
  Sha256,
} from '@revier/schema';
import type { Kysely, Transaction } from 'kysely';
import type { BrokerTables } from '../db/tables.ts';
import type { NegotiationStanding, NegotiationStep } from '../letter-ports.ts';

type Db = Kysely<BrokerTables>;

/** A word that does not fit the state is carried all the same, and changes nothing here: its reader decides. */
export async function takeStep(db: Transaction<BrokerTables>, step: NegotiationStep, at: Date): Promise<void> {
  if (step.application !== undefined) await keepNewest(db, step.application);
  const row = await db
    .selectFrom('negotiations')
    .selectAll()
    .where('data_user', '=', step.dataUser)
    .where('consumer_pid', '=', step.consumerPid)
    .forUpdate()
    .executeTakeFirst();
  if (row !== undefined && row.holder !== step.holder) return;
  const state = negotiate(row === undefined ? null : NegotiationState.parse(row.state), step.word, step.by);
  if (state === null) return;
  if (row === undefined) return begin(db, step, state, at);
  await db
    .updateTable('negotiations')
    .set({ state, since: at })
    .where('data_user', '=', step.dataUser)
    .where('consumer_pid', '=', step.consumerPid)
    .execute();
}

async function begin(
  db: Transaction<BrokerTables>,
  { dataUser, holder, consumerPid, about }: NegotiationStep,
  state: NegotiationState,
  at: Date,
): Promise<void> {
  if (about === undefined) return;
  await db
    .insertInto('negotiations')
    .values({ data_user: dataUser, consumer_pid: consumerPid, holder, ...about, state, since: at, begun: at })
    .execute();
}

async function keepNewest(
  db: Transaction<BrokerTables>,
  { application, hash, jws }: VerifiedApplication,
): Promise<void> {
  const { register, dataUser: data_user, version } = application;
  await db
    .insertInto('applications')
    .values({ register, data_user, version, hash, jws })
    .onConflict((conflict) =>
      conflict
        .column('register')
        .doUpdateSet({ version, hash, jws })
        .where('applications.data_user', '=', data_user)
        .where('applications.version', '<=', version),
    )
    .execute();
}

export async function applicantIn(db: Db, register: RegisterId): Promise<ParticipantId | undefined> {
  const row = await db
    .selectFrom('applications')
    .select('data_user')
    .where('register', '=', register)
    .executeTakeFirst();
  return row && ParticipantId.parse(row.data_user);
}

export async function applicationsIn(db: Db): Promise<VerifiedApplication[]> {
  const rows = await db.selectFrom('applications').selectAll().orderBy('register').execute();
  return rows.map(({ hash, jws }) => ({
    application: Application.parse(payloadOf(jws)),
    hash: Sha256.parse(hash),
    jws: CompactJws.parse(jws),
  }));
}

/** Verified when it was stored; here only read again. */
const payloadOf = (jws: string): unknown =>
  JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'));

export async function negotiationsIn(db: Db): Promise<NegotiationStanding[]> {
  const rows = await db
    .selectFrom('negotiations')
    .distinctOn(['register', 'data_user', 'holder', 'dataset'])
    .selectAll()
    .orderBy('register')
    .orderBy('data_user')
    .orderBy('holder')
    .orderBy('dataset')
    .orderBy('begun', 'desc')
    .execute();
  return rows.map(({ register, data_user, holder, dataset, state, since }) => ({
    register: RegisterId.parse(register),
    dataUser: ParticipantId.parse(data_user),
    holder: ParticipantId.parse(holder),
    dataset: DatasetId.parse(dataset),
    state: NegotiationState.parse(state),
    since: since.getTime(),
  }));
}
