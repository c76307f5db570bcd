/** The trust list opened: signed by enough of the pinned signers, of this realm, in force, never older than the one before. */
import { contentHash } from '@revier/core';
import {
  AppError,
  type GeneralJws,
  type KeyId,
  type Participant,
  type ParticipantId,
  type ParticipantRole,
  type PublicKey,
  type Realm,
  TrustList,
} from '@revier/schema';
import { base64urlBytes } from './base64url.ts';
import { assertInForce, type ClockOptions } from './clock.ts';
import { assertNoDemonstration } from './demonstration.ts';
import { assertShape, verifyGeneral } from './general.ts';
import type { ResolveKey } from './header.ts';
import { keyIdOf } from './keys.ts';
import { readPayload } from './payload.ts';

const KIND = 'revier-trust-list+jws';

export interface TrustedKey {
  readonly participant: Participant;
  readonly key: PublicKey;
}

export interface Trust {
  readonly list: TrustList;
  participant(id: ParticipantId): Participant | undefined;
  keyOf(kid: KeyId): TrustedKey | undefined;
  keysOf(participant: ParticipantId): readonly PublicKey[];
  /** Of a keeper: that a timestamper has confirmed the list within the hour. @throws AppError TRUST_STALE */
  assertFresh?(): void;
}

export interface TrustOptions extends ClockOptions {
  /** The list that was trusted before, or, at the very first, key ids of which **every** one must have signed. */
  readonly pinnedSigners: readonly KeyId[] | TrustList;
  readonly realm: Realm;
  /** A list on the way from one that was trusted before to the newest: it may be out of date by now. */
  readonly passing?: boolean;
}

/**
 * A trust list carries the keys of its own signers, so it is read before it is verified. That is sound since a key is
 * taken only under its own thumbprint, and only pinned thumbprints count; nothing else of it is used before.
 * @throws AppError SIGNATURE_INVALID, KEY_UNKNOWN, WRONG_REALM, EXPIRED, REPLAYED (older, or another list under the same version), FORBIDDEN (a demonstration in
 * production), INVALID_REQUEST
 */
export async function openTrustList(jws: GeneralJws, options: TrustOptions): Promise<Trust> {
  assertShape(jws, KIND);
  const candidate = readPayload(TrustList, base64urlBytes(jws.payload));
  await assertKeysNamed(candidate);
  const { kids } = await verifyGeneral(jws, KIND, TrustList, signerKeys(candidate, options.pinnedSigners));
  assertThreshold(kids, options.pinnedSigners);
  if (candidate.realm !== options.realm) throw new AppError('WRONG_REALM');
  assertSound(candidate);
  assertNoDemonstration(candidate);
  assertNotOlder(candidate, options.pinnedSigners);
  const trust = trustOf(candidate, () => options.now.getTime());
  if (options.passing !== true) assertListInForce(trust, options);
  return trust;
}

/** Whoever keeps a `Trust` for long asks this again before relying on it. @throws AppError EXPIRED, TRUST_STALE */
export function assertTrustInForce(trust: Trust, clock: ClockOptions): void {
  assertListInForce(trust, clock);
  trust.assertFresh?.();
}

/** Enough to connect and to fetch: a list that may be out of date still says who somebody is. @throws AppError EXPIRED */
export function assertListInForce({ list }: Pick<Trust, 'list'>, clock: ClockOptions): void {
  assertInForce({ iat: Date.parse(list.issued) / 1000, exp: Date.parse(list.expires) / 1000 }, clock);
}

/** Keys of participants, narrowed to a role or to one participant. */
export const resolver =
  (trust: Trust, only: { readonly role?: ParticipantRole; readonly participant?: ParticipantId } = {}): ResolveKey =>
  (kid) => {
    const found = trust.keyOf(kid);
    if (found === undefined) return undefined;
    if (only.role !== undefined && !found.participant.roles.includes(only.role)) return undefined;
    if (only.participant !== undefined && found.participant.id !== only.participant) return undefined;
    return found.key;
  };

/** @param now milliseconds since the epoch: an outgoing key is a stranger once its time is over */
export function trustOf(list: TrustList, now: () => number): Trust {
  const participants = new Map(list.participants.map((participant) => [participant.id, participant]));
  const keys = new Map(keysIn(list).map(({ kid, ...rest }) => [kid, rest]));
  const isGoing = ({ until }: { readonly until?: string | undefined }): boolean =>
    until === undefined || now() < Date.parse(until);
  return {
    list,
    participant: (id) => participants.get(id),
    keyOf(kid) {
      const found = keys.get(kid);
      return found !== undefined && isGoing(found) ? { participant: found.participant, key: found.key } : undefined;
    },
    keysOf: (id) => (participants.get(id)?.keys ?? []).filter(isGoing).map(({ key }) => key),
  };
}

const keysIn = ({ participants }: TrustList) =>
  participants.flatMap((participant) => participant.keys.map((key) => ({ ...key, participant })));

/** Signers of the list before may have left the new one, but still sign their own leaving. */
function signerKeys(candidate: TrustList, pinned: readonly KeyId[] | TrustList): ResolveKey {
  const known = [...(isList(pinned) ? keysIn(pinned) : []), ...keysIn(candidate)];
  const keys = new Map(known.map(({ kid, key }) => [kid, key]));
  return (kid) => keys.get(kid);
}

function assertThreshold(kids: readonly KeyId[], pinned: readonly KeyId[] | TrustList): void {
  const signers = isList(pinned) ? pinned.signers : [...new Set(pinned)];
  const needed = isList(pinned) ? pinned.threshold : signers.length;
  const signed = kids.filter((kid) => signers.includes(kid)).length;
  if (needed < 1 || signed < needed)
    throw new AppError('SIGNATURE_INVALID', { detail: 'Too few of the pinned signers have signed the trust list.' });
}

async function assertKeysNamed(list: TrustList): Promise<void> {
  const keys = list.participants.flatMap((participant) => participant.keys);
  const named = await Promise.all(keys.map(async ({ kid, key }) => (await keyIdOf(key)) === kid));
  if (named.includes(false))
    throw AppError.at('INVALID_REQUEST', '/participants', 'A key is not named by its thumbprint.');
}

/** One key belongs to one participant, one participant stands once, and the next version can be signed at all. */
function assertSound(list: TrustList): void {
  const { participants, signers, threshold, timestampers = [] } = list;
  const keys = keysIn(list);
  const kids = keys.map(({ kid }) => kid);
  const leaving = keys.filter(({ until }) => until !== undefined).map(({ kid }) => kid);
  const faults: [boolean, string, string][] = [
    [hasTwins(kids), '/participants', 'A key is listed twice.'],
    [hasTwins(participants.map(({ id }) => id)), '/participants', 'A participant is listed twice.'],
    [hasTwins(signers), '/signers', 'A signer is listed twice.'],
    [signers.some((kid) => !kids.includes(kid)), '/signers', 'A signer has no key in the list.'],
    [signers.some((kid) => leaving.includes(kid)), '/signers', 'A signer’s key is about to leave.'],
    [threshold > signers.length, '/threshold', 'There are fewer signers than have to sign.'],
    [hasTwins(timestampers), '/timestampers', 'A timestamper is listed twice.'],
    [timestampers.some((kid) => !kids.includes(kid)), '/timestampers', 'A timestamper has no key in the list.'],
    [timestampers.some((kid) => leaving.includes(kid)), '/timestampers', 'A timestamper’s key is about to leave.'],
    [
      keys.some(({ kid, participant }) => timestampers.includes(kid) && !mayTimestamp(participant)),
      '/timestampers',
      'Broker and operator cannot be timestampers.',
    ],
    [
      list.realm === 'production' && timestampers.length === 0,
      '/timestampers',
      'A list of production needs timestampers.',
    ],
  ];
  for (const [faulty, pointer, detail] of faults) if (faulty) throw AppError.at('INVALID_REQUEST', pointer, detail);
}

/** Whoever carries the list, or drafts it, must not be the one who says that there is no newer one. */
const mayTimestamp = ({ roles }: Participant): boolean => !roles.includes('broker') && !roles.includes('operator');

function assertNotOlder(list: TrustList, pinned: readonly KeyId[] | TrustList): void {
  if (!isList(pinned) || list.version > pinned.version) return;
  if (list.version < pinned.version || contentHash(list) !== contentHash(pinned))
    throw new AppError('REPLAYED', {
      detail: 'The trust list is older than, or differs from, the one trusted before.',
    });
}

const isList = (pinned: readonly KeyId[] | TrustList): pinned is TrustList => 'threshold' in pinned;

const hasTwins = (items: readonly string[]): boolean => new Set(items).size !== items.length;
