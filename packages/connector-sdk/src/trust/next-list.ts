/** The next trust list, drafted from the one in force: somebody enters, leaves, or takes a new key. */
import {
  AppError,
  type Enrolment,
  type KeyId,
  type Participant,
  type ParticipantId,
  type RecipientSector,
  type TrustList,
  timestampAt,
} from '@revier/schema';

export interface ListTimes {
  readonly now: Date;
  /** Days that an outgoing key goes on counting beside its successor. */
  readonly overlapDays?: number;
}

const DAY_MS = 86_400_000;
/** Of a list, from its day of issue. */
const VALID_DAYS = 365;
export const DEFAULT_OVERLAP_DAYS = 30;

export const withEnrolment = (list: TrustList, enrolment: Enrolment, times: ListTimes): TrustList =>
  enrolment.replaces === null
    ? withNewcomer(list, enrolment, times)
    : withNewKey(list, enrolment, enrolment.replaces, times);

const withNewcomer = (list: TrustList, { id, name, roles, key }: Enrolment, times: ListTimes): TrustList =>
  next(list, times, { participants: sorted([...list.participants, { id, name, roles, keys: [key] }]) });

/** The new key takes the place of the old one wherever that signs for all; beside it, the old one counts for a while. */
function withNewKey(list: TrustList, { id, key }: Enrolment, outgoing: KeyId, times: ListTimes): TrustList {
  const until = timestampAt(times.now.getTime() + (times.overlapDays ?? DEFAULT_OVERLAP_DAYS) * DAY_MS);
  const participants = list.participants.map((participant): Participant => {
    if (participant.id !== id) return participant;
    const keys = participant.keys
      .filter((one) => one.until === undefined || times.now.getTime() < Date.parse(one.until))
      .map((one) => (one.kid === outgoing ? { ...one, until } : one));
    return { ...participant, keys: [...keys, key] };
  });
  const replaced = (kids: readonly KeyId[]): KeyId[] => kids.map((kid) => (kid === outgoing ? key.kid : kid)).sort();
  return next(list, times, {
    participants,
    signers: replaced(list.signers),
    ...(list.timestampers === undefined ? {} : { timestampers: replaced(list.timestampers) }),
  });
}

/** What kind of organisation it is, within a draft: the operator's finding, which the signers read. @throws AppError NOT_FOUND */
export function withSector(list: TrustList, id: ParticipantId, sector: RecipientSector): TrustList {
  if (!list.participants.some((one) => one.id === id))
    throw new AppError('NOT_FOUND', { detail: `${id} does not stand in the trust list.` });
  return { ...list, participants: list.participants.map((one) => (one.id === id ? { ...one, sector } : one)) };
}

/** @throws AppError NOT_FOUND; INVALID_REQUEST where too few signers or no timestamper would be left */
export function withoutParticipant(list: TrustList, id: ParticipantId, times: ListTimes): TrustList {
  const leaving = list.participants.find((participant) => participant.id === id);
  if (leaving === undefined) throw new AppError('NOT_FOUND', { detail: `${id} does not stand in the trust list.` });
  const participants = list.participants.filter((participant) => participant !== leaving);
  return without(
    list,
    leaving.keys.map(({ kid }) => kid),
    participants,
    times,
  );
}

/** @throws AppError as `withoutParticipant`; a last key leaves with its participant */
export function withoutKey(list: TrustList, kid: KeyId, times: ListTimes): TrustList {
  const owner = list.participants.find(({ keys }) => keys.some((key) => key.kid === kid));
  if (owner === undefined) throw new AppError('NOT_FOUND', { detail: 'The trust list has no such key.' });
  if (owner.keys.length === 1) return withoutParticipant(list, owner.id, times);
  const participants = list.participants.map((one) =>
    one === owner ? { ...one, keys: one.keys.filter((key) => key.kid !== kid) } : one,
  );
  return without(list, [kid], participants, times);
}

function without(list: TrustList, leaving: readonly KeyId[], participants: Participant[], times: ListTimes): TrustList {
  const staying = (kids: readonly KeyId[]): KeyId[] => kids.filter((kid) => !leaving.includes(kid));
  const signers = staying(list.signers);
  if (signers.length < list.threshold)
    throw new AppError('INVALID_REQUEST', {
      detail: 'Fewer signers would be left than have to sign: name another one first.',
    });
  if (list.timestampers === undefined) return next(list, times, { participants, signers });
  const timestampers = staying(list.timestampers);
  if (timestampers.length === 0)
    throw new AppError('INVALID_REQUEST', { detail: 'No timestamper would be left: name another one first.' });
  return next(list, times, { participants, signers, timestampers });
}

const next = (list: TrustList, { now }: ListTimes, change: Partial<TrustList>): TrustList => ({
  ...list,
  ...change,
  version: list.version + 1,
  issued: timestampAt(now.getTime()),
  expires: timestampAt(now.getTime() + VALID_DAYS * DAY_MS),
});

const sorted = (participants: Participant[]): Participant[] => participants.sort((a, b) => (a.id < b.id ? -1 : 1));
