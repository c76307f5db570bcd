/** Dispatch: what is due for a holder, signed at the moment it leaves. */
import { AppError, type CompactJws, type ParticipantId, type Sha256, type Task } from '@revier/schema';
import { trailOf } from '../observer.ts';
import type { Broker, Delivery } from '../ports.ts';
import { taskTopic } from '../topics.ts';
import { type Patience, waitFor } from './wait-for.ts';

/** A node that has said nothing for so long gets the task again. */
export const AGAIN_MS = 15_000;

/** Waits until there is something; nothing in time is an empty list. */
export async function takeTasks(broker: Broker, holder: ParticipantId, patience: Patience): Promise<CompactJws[]> {
  const look = async (): Promise<readonly Delivery[] | undefined> => {
    const now = broker.now();
    const due = await broker.queries.takeDue(holder, now, now + AGAIN_MS);
    if (due.length === 0) return undefined;
    broker.crashPoint('after-task-delivery');
    return due;
  };
  const due = (await waitFor(broker.wakes, taskTopic(holder), look, patience)) ?? [];
  const sign = (delivery: Delivery) =>
    broker.observer.step('dispatch', trailOf(delivery.query), () => signTask(broker, delivery));
  return Promise.all(due.map(sign));
}

function signTask(broker: Broker, { task, query, evidence }: Delivery): Promise<CompactJws> {
  const payload: Task = {
    taskId: task.taskId,
    submissionId: query.submissionId,
    iss: broker.participant,
    aud: task.holder,
    realm: broker.realm,
    signedQuery: query.signed,
    stage: task.stage,
    dataset: task.dataset,
    attempt: task.attempt,
    evidence: [...evidence],
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
