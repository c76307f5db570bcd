/** Witnessing: the own log is told to the others by signed checkpoints, and theirs are followed; the broker only carries. */
import {
  type BrokerClient,
  type Checkpoint,
  cosign,
  cosignedAt,
  followStep,
  isFault,
  openCheckpoint,
  originOf,
  parseNote,
  witnessesOf,
} from '@revier/connector-sdk';
import type { Participant } from '@revier/schema';
import type { Logger, OwnCheckpoint, SeenLog } from '@revier/service-kit';
import type { OwnLog, Self } from '../ports.ts';

export interface WitnessDeps {
  readonly self: Self;
  readonly log: OwnLog;
  readonly client: Pick<
    BrokerClient,
    'logs' | 'publishCheckpoint' | 'checkpointSteps' | 'publishCosignature' | 'cosignatures'
  >;
  readonly logger: Logger;
}

/** One round. @throws ProblemError, ConnectionError when the broker does not carry; what has been signed stays signed */
export async function witnessRound(deps: WitnessDeps, signal: AbortSignal): Promise<void> {
  const { log, client, self } = deps;
  const latest = await log.checkpoint();
  const { logs } = await client.logs(signal);
  const carried = logs.find(({ origin }) => origin === log.origin)?.size ?? 0;
  if (latest !== undefined && latest.size > carried)
    await client.publishCheckpoint(await log.stepFrom(latest, carried), signal);
  await keepCosignatures(deps, signal);
  const seen = new Map((await log.seen()).map((one) => [one.origin, one]));
  for (const { origin, size, cosigned } of logs) {
    const owner = ownerOf(origin, self);
    if (owner === undefined || origin === log.origin || !isWitness(deps, origin)) continue;
    const before = seen.get(origin);
    if (before?.size !== size || !cosigned) await follow(deps, { owner, origin, before }, signal);
  }
}

const ownerOf = (origin: string, { trust, realm }: Self): Participant | undefined =>
  trust.list.participants.find(({ id }) => originOf(id, realm) === origin);

/** Where many take part, a few follow each log: who, everybody can compute. */
function isWitness({ self: { trust, realm }, log }: WitnessDeps, origin: string): boolean {
  const holders = trust.list.participants.filter(({ roles }) => roles.includes('data-holder'));
  const names = holders.map(({ id }) => originOf(id, realm));
  return witnessesOf(origin, names).includes(log.origin);
}

interface Followed {
  readonly owner: Participant;
  readonly origin: string;
  readonly before: SeenLog | undefined;
}

/** Step by step from what was seen last; only the last one is cosigned, as the longest that is known. */
async function follow(deps: WitnessDeps, { owner, origin, before }: Followed, signal: AbortSignal): Promise<void> {
  const { self, log, client, logger } = deps;
  const keys = self.trust.keysOf(owner.id);
  let last = before && { note: before.note, checkpoint: openCheckpoint(before.note, origin, keys).checkpoint };
  for (const step of await client.checkpointSteps(origin, before?.size, signal)) {
    const { kind, checkpoint } = followStep({ origin, keys, seen: last?.checkpoint }, step);
    if (isFault(kind)) {
      logger.error({ log: origin, fault: kind }, 'another log does not go on from what was seen of it');
      return log.keepFault(origin, kind, step.note);
    }
    if (kind === 'gap') return logger.warn({ log: origin }, 'a step of another log is missing');
    if (kind === 'grown') {
      last = { note: step.note, checkpoint };
      await log.keepSeen(checkpoint, step.note);
    }
  }
  if (last !== undefined) await client.publishCosignature(cosignatureOf(deps, last), signal);
}

function cosignatureOf({ self, log }: WitnessDeps, { note, checkpoint }: { note: string; checkpoint: Checkpoint }) {
  const seconds = Math.floor(self.now() / 1000);
  const line = cosign(parseNote(note).text, { name: log.origin, signer: self.signer, seconds });
  return { origin: checkpoint.origin, size: checkpoint.size, line };
}

/** What others say of the own log is kept when it verifies, so that it can be shown without the broker. */
async function keepCosignatures({ self, log, client, logger }: WitnessDeps, signal: AbortSignal): Promise<void> {
  const own = new Map((await log.checkpoints()).map((checkpoint) => [checkpoint.size, checkpoint]));
  for (const { size, line } of await client.cosignatures(signal)) {
    const checkpoint = own.get(size);
    const witness = checkpoint && witnessIn(checkpoint, line, self);
    if (witness !== undefined) await log.keepCosignature(size, witness, line);
    else logger.warn({ size }, 'a cosignature does not verify');
  }
}

/** Name of the participant who has said this of exactly this checkpoint. */
function witnessIn({ note }: OwnCheckpoint, line: string, self: Self): string | undefined {
  try {
    const whole = parseNote(`${note}${line}\n`);
    const name = whole.signatures.at(-1)?.name ?? '';
    const owner = ownerOf(name, self);
    if (owner === undefined || owner.id === self.participant) return undefined;
    cosignedAt(whole, name, self.trust.keysOf(owner.id));
    return name;
  } catch {
    return undefined;
  }
}
