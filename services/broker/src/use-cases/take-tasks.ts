/** Dispatch: what is due for a holder, signed at the moment it leaves. */

import { queryDigest } from '@revier/connector-sdk';
import { AppError, type CompactJws, type ParticipantId, type Sha256, type Task } from '@revier/schema';
import { trailOf } from '../observer.ts';
import type { Broker, Wakes } from '../ports.ts';
import type { Delivery, QueryFacts } from '../query-ports.ts';
import { taskTopic } from '../topics.ts';
import { sumStepFor } from './step-sum.ts';
import { type Patience, waitFor } from './wait-for.ts';

/** A signed task, and the text of the query that it names. */
export interface DepartingTask {
  readonly task: CompactJws;
  readonly query: Uint8Array;
}

/**
 * Waits until there is something; nothing in time is an empty list. So is a newer trust list, at once: its version stands on the
 * reply, and a holder must not ask half a minute longer with a key, or on behalf of somebody, that is out.
 */
export async function takeTasks(broker: Broker, holder: ParticipantId, patience: Patience): Promise<DepartingTask[]> {
  const { version } = broker.trust.list;
  const look = async (): Promise<readonly Delivery[] | undefined> => {
    const now = broker.now();
    const due = await broker.queries.takeDue(holder, now, now + broker.redeliverSeconds * 1000);
    if (due.length === 0) return broker.trust.list.version === version ? undefined : [];
    broker.crashPoint('after-task-delivery');
    return due;
  };
  const due = (await waitFor(tasksOrTrust(broker), taskTopic(holder), look, patience)) ?? [];
  const send = (delivery: Delivery) =>
    broker.observer.step('dispatch', trailOf(delivery.query), async () => ({
      task: await signTask(broker, delivery),
      query: textOf(delivery.query).bytes,
    }));
  return Promise.all(due.map(send));
}

const tasksOrTrust = ({ wakes, trust }: Broker): Pick<Wakes, 'on'> => ({
  on(topic, fn) {
    const ends = [wakes.on(topic, fn), trust.onChange(fn)];
    return () => {
      for (const end of ends) end();
    };
  },
});

interface QueryText {
  readonly digest: Sha256;
  readonly bytes: Uint8Array;
}

/** Beside every task of a query the same. */
const texts = new WeakMap<QueryFacts, QueryText>();

function textOf(query: QueryFacts): QueryText {
  const { query: jws } = query.signed;
  const found = texts.get(query) ?? { digest: queryDigest(jws), bytes: Buffer.from(jws) };
  texts.set(query, found);
  return found;
}

async function signTask(broker: Broker, { task, query, evidence }: Delivery): Promise<CompactJws> {
  const payload: Task = {
    taskId: task.taskId,
    submissionId: query.submissionId,
    iss: broker.participant,
    aud: task.holder,
    realm: broker.realm,
    query: textOf(query).digest,
    credential: query.signed.credential,
    stage: task.stage,
    dataset: task.dataset,
    attempt: task.attempt,
    evidence: [...evidence],
    ...(task.mode === 'F' ? { sum: await sumStepFor(broker, query, task) } : {}),
    iat: Math.floor(broker.now() / 1000),
    // The time that the person granted, by our clock: theirs may be behind.
    exp: Math.floor(query.ends / 1000),
  };
  return broker.signer.sign('revier-task+jws', payload);
}

/** Only what travels as evidence to this very holder. @throws AppError NOT_FOUND */
export async function takeBody(broker: Broker, holder: ParticipantId, hash: Sha256): Promise<Uint8Array> {
  const body = await broker.queries.evidenceBody(holder, hash);
  if (body === undefined) throw new AppError('NOT_FOUND');
  return body;
}
