/** The timestamp: a timestamper's word, good for an hour at most, that it knows no newer trust list. */
import { contentHash } from '@revier/core';
import {
  AppError,
  type CompactJws,
  LONGEST_TIMESTAMP,
  type TrustTimestamp as Timestamp,
  type TrustList,
  TrustTimestamp,
} from '@revier/schema';
import { type ClockOptions, DEFAULT_SKEW, secondsOf } from '../signatures/clock.ts';
import type { Signer } from '../signatures/keys.ts';
import type { Trust } from '../signatures/trust.ts';
import { verifyCompact } from '../signatures/verify.ts';

const KIND = 'revier-timestamp+jws';

export function signTimestamp(list: TrustList, signer: Signer, now: Date): Promise<CompactJws> {
  const iat = secondsOf(now);
  const { realm, version } = list;
  const timestamp: Timestamp = { realm, version, list: contentHash(list), iat, exp: iat + LONGEST_TIMESTAMP };
  return signer.sign(KIND, timestamp);
}

/**
 * A timestamp of exactly this list. One that is over verifies as well: whether it still counts is for the keeper to say.
 * @throws AppError KEY_UNKNOWN unless a timestamper of this list has signed, REPLAYED for one of another list, WRONG_REALM, EXPIRED for
 * one from the future or longer than an hour
 */
export async function verifyTimestamp(jws: CompactJws, trust: Trust, clock: ClockOptions): Promise<Timestamp> {
  const { list } = trust;
  const timestamp = await verifyCompact(jws, KIND, TrustTimestamp, (kid) =>
    list.timestampers?.includes(kid) === true ? trust.keyOf(kid)?.key : undefined,
  );
  if (timestamp.realm !== list.realm) throw new AppError('WRONG_REALM');
  if (timestamp.version > list.version) throw replayed('There is a newer trust list than the one that came with it.');
  if (timestamp.version !== list.version || timestamp.list !== contentHash(list))
    throw replayed('The timestamp is that of another trust list.');
  assertTimes(timestamp, clock);
  return timestamp;
}

const replayed = (detail: string): AppError => new AppError('REPLAYED', { detail });

function assertTimes({ iat, exp }: Timestamp, { now, skewSeconds = DEFAULT_SKEW }: ClockOptions): void {
  // Written so that an invalid date, which compares false with everything, fails closed.
  if (!(iat <= secondsOf(now) + skewSeconds))
    throw new AppError('EXPIRED', {
      detail:
        'The timestamp of the trust list is from the future: check the clock, two minutes of difference are tolerated.',
    });
  if (!(iat < exp && exp - iat <= LONGEST_TIMESTAMP))
    throw new AppError('EXPIRED', { detail: 'A timestamp of the trust list counts for an hour at most.' });
}
