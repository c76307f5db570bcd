/** Standing policies given and ended: two who decide give one, for a year at most; ending one loosens nothing, so one person can. */
import { verifyGeneral } from '@revier/connector-sdk';
import { contentHash } from '@revier/core';
import { AppError, type GeneralJws, type Sha256, StandingPolicy } from '@revier/schema';
import { namesOf, resolvedIn } from '../rooms/signed-by-people.ts';
import { assertTwoPersons } from '../rooms/two-persons.ts';
import { decideByPolicy } from './decide-by-policy.ts';
import { assertMeant } from './hand-in.ts';
import { type InboxDeps, roomOf } from './room.ts';

/** Seconds. */
export const LONGEST_POLICY = 366 * 86_400;

/**
 * It takes the place of one with the same name, and decides at once about what waits.
 * @throws AppError KEY_UNKNOWN, SIGNATURE_INVALID, WRONG_AUDIENCE, WRONG_REALM, EXPIRED, TWO_PERSONS_NEEDED, REPLAYED (given before)
 */
export async function givePolicy(signed: GeneralJws, deps: InboxDeps): Promise<Sha256> {
  const room = await roomOf(deps);
  const known = resolvedIn(room.roll.people);
  const { payload, kids } = await verifyGeneral(signed, 'revier-standing-policy+jws', StandingPolicy, known);
  assertMeant(payload, room, LONGEST_POLICY);
  assertTwoPersons(kids, room.roll.people);
  const hash: Sha256 = contentHash(payload);
  await deps.negotiations.change(async (desk) => {
    const before = await desk.policies();
    if (before.some((one) => one.hash === hash))
      throw new AppError('REPLAYED', { detail: 'This policy was given before.' });
    for (const { hash: old, policy, ended } of before)
      if (policy.name === payload.name && ended === null) await desk.endPolicy(old, room.self.now());
    await desk.keepPolicy({ hash, policy: payload, signed, kids, ended: null });
    const facts = { policy: hash, what: 'given', name: payload.name, decides: payload.decides, reason: payload.reason };
    const person = namesOf(kids, room.roll.people);
    await desk.enter({ decision: 'standing-policy-changed', codes: [], facts, person });
    for (const negotiation of await desk.list()) await decideByPolicy(negotiation, desk, room);
  });
  deps.wake();
  return hash;
}

/** @throws AppError NOT_FOUND */
export async function endPolicy(name: string, by: string, { negotiations, self }: InboxDeps): Promise<void> {
  await negotiations.change(async (desk) => {
    const found = (await desk.policies()).filter(({ policy, ended }) => policy.name === name && ended === null);
    if (found.length === 0) throw new AppError('NOT_FOUND', { detail: 'No such policy is in force.' });
    for (const { hash } of found) {
      await desk.endPolicy(hash, self.now());
      const facts = { policy: hash, what: 'ended', name };
      await desk.enter({ decision: 'standing-policy-changed', codes: [], facts, person: by });
    }
  });
}
