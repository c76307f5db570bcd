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
}

export interface TrustOptions extends ClockOptions {
  /** The list that was trusted before, or, at the very first, key ids of which **every** one must have signed. */
  readonly pinnedSigners: readonly KeyId[] | TrustList;
  readonly realm: Realm;
}

/**
 * A trust list carries the keys of its own signers, so it is read before it is verified. That is sound since a key is
 * taken only under its own thumbprint, and only pinned thumbprints count; nothing else of it is used before.
 * @throws AppError SIGNATURE_INVALID, KEY_UNKNOWN, WRONG_REALM, EXPIRED, REPLAYED (older, or another list under the same version), INVALID_REQUEST
 */
export async function openTrustList(jws: GeneralJws, options: TrustOptions): Promise<Trust> {
  assertShape(jws, KIND);
  const candidate = readPayload(TrustList, base64urlBytes(jws.payload));
  await assertKeysNamed(candidate);
  const trust = trustOf(candidate);
  const { kids } = await verifyGeneral(jws, KIND, TrustList, signerKeys(trust, options.pinnedSigners));
  assertThreshold(kids, options.pinnedSigners);
  assertSound(candidate);
  if (candidate.realm !== options.realm) throw new AppError('WRONG_REALM');
  assertNotOlder(candidate, options.pinnedSigners);
  assertTrustInForce(trust, options);
  return trust;
}

/** Whoever keeps a `Trust` for long asks this again before relying on it. @throws AppError EXPIRED */
export function assertTrustInForce({ list }: Trust, clock: ClockOptions): void {
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

function trustOf(list: TrustList): Trust {
  const participants = new Map(list.participants.map((participant) => [participant.id, participant]));
  const keys = new Map(
    list.participants.flatMap((participant) =>
      participant.keys.map(({ kid, key }) => [kid, { participant, key }] as const),
    ),
  );
  return {
    list,
    participant: (id) => participants.get(id),
    keyOf: (kid) => keys.get(kid),
    keysOf: (id) => (participants.get(id)?.keys ?? []).map(({ key }) => key),
  };
}

/** Signers of the list before may have left the new one, but still sign their own leaving. */
function signerKeys(trust: Trust, pinned: readonly KeyId[] | TrustList): ResolveKey {
  const before = isList(pinned) ? trustOf(pinned) : undefined;
  return (kid) => trust.keyOf(kid)?.key ?? before?.keyOf(kid)?.key;
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
function assertSound({ participants, signers, threshold }: TrustList): void {
  const kids = participants.flatMap(({ keys }) => keys.map(({ kid }) => kid));
  const faults: [boolean, string, string][] = [
    [hasTwins(kids), '/participants', 'A key is listed twice.'],
    [hasTwins(participants.map(({ id }) => id)), '/participants', 'A participant is listed twice.'],
    [hasTwins(signers), '/signers', 'A signer is listed twice.'],
    [signers.some((kid) => !kids.includes(kid)), '/signers', 'A signer has no key in the list.'],
    [threshold > signers.length, '/threshold', 'There are fewer signers than have to sign.'],
  ];
  for (const [faulty, pointer, detail] of faults) if (faulty) throw AppError.at('INVALID_REQUEST', pointer, detail);
}

function assertNotOlder(list: TrustList, pinned: readonly KeyId[] | TrustList): void {
  if (!isList(pinned) || list.version > pinned.version) return;
  if (list.version < pinned.version || contentHash(list) !== contentHash(pinned))
    throw new AppError('REPLAYED', {
      detail: 'The trust list is older than, or differs from, the one trusted before.',
    });
}

const isList = (pinned: readonly KeyId[] | TrustList): pinned is TrustList => 'threshold' in pinned;

const hasTwins = (items: readonly string[]): boolean => new Set(items).size !== items.length;
