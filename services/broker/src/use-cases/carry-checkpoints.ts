/** The notice board of the logs: checkpoints and cosignatures are verified, kept and passed on; the broker is a witness too. */
import { cosign, cosignedAt, followStep, isFault, openCheckpoint, originOf, parseNote } from '@revier/connector-sdk';
import { AppError, type CheckpointStep, type CosignatureDelivery, type ParticipantId } from '@revier/schema';
import type { Broker } from '../ports.ts';

/** A checkpoint of the caller's own log. @throws AppError LOG_INCONSISTENT, entered into the broker's log; INVALID_REQUEST, SIGNATURE_INVALID */
export async function putCheckpoint(broker: Broker, owner: ParticipantId, step: CheckpointStep): Promise<void> {
  const { carried, log, trust, realm } = broker;
  const origin = originOf(owner, realm);
  const keys = trust.keysOf(owner);
  const latest = await carried.latest(origin);
  const seen = latest && openCheckpoint(latest.note, origin, keys).checkpoint;
  const { kind, checkpoint } = followStep({ origin, keys, seen }, step);
  if (isFault(kind)) {
    await log.fault(origin, kind, step.note);
    broker.logger.error({ log: origin, fault: kind }, 'a log does not go on from what was seen of it');
    throw new AppError('LOG_INCONSISTENT', { detail: `The checkpoint is ${kind}.` });
  }
  if (kind === 'gap' || (seen === undefined && step.from !== 0))
    throw AppError.at('INVALID_REQUEST', '/from', `The proof has to begin at ${seen?.size ?? 0}.`);
  if (kind === 'same') return;
  await carried.put(origin, checkpoint.size, step);
  const seconds = Math.floor(broker.now() / 1000);
  const line = cosign(parseNote(step.note).text, { name: log.origin, signer: broker.signer, seconds });
  await carried.putCosignature({ origin, size: checkpoint.size, witness: log.origin, line });
}

/** What the caller says of another log. @throws AppError NOT_FOUND for a checkpoint that is not here; FORBIDDEN of one's own; SIGNATURE_INVALID */
export async function putCosignature(
  { carried, log, trust, realm }: Broker,
  witness: ParticipantId,
  { origin, size, line }: CosignatureDelivery,
): Promise<void> {
  const name = originOf(witness, realm);
  if (name === origin) throw new AppError('FORBIDDEN', { detail: 'Nobody witnesses their own log.' });
  const step = await carried.at(origin, size);
  if (step === undefined) throw new AppError('NOT_FOUND');
  cosignedAt(parseNote(`${step.note}${line}\n`), name, trust.keysOf(witness));
  await carried.putCosignature({ origin, size, witness: name, line });
  if (origin === log.origin) await log.keepCosignature(size, name, line);
}

/** After what the caller has seen; the newest alone for whoever sees it for the first time. */
export async function stepsAfter({ carried }: Broker, origin: string, after: number | undefined) {
  if (after !== undefined) return carried.steps(origin, after);
  const latest = await carried.latest(origin);
  return latest === undefined ? [] : [latest];
}

/** Signs the broker's own log when it has grown, and hangs it out for the nodes. */
export async function hangOutOwn({ log, carried }: Broker): Promise<void> {
  const latest = await log.checkpoint();
  if (latest === undefined) return;
  const before = await carried.latest(log.origin);
  const from = before === undefined ? 0 : sizeIn(before.note);
  if (latest.size > from) await carried.put(log.origin, latest.size, await log.stepFrom(latest, from));
}

const sizeIn = (note: string): number => Number(note.split('\n')[1]);
