/** Requests to stand in the list, the codes that let them in, and the lists that come of them. */
import type { Enrolment, GeneralJws } from '@revier/schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { BROKER, NOW, type World, world } from '../signatures/actors.case.ts';
import { signGeneral } from '../signatures/general.ts';
import { generateKeyPair, type KeyPair } from '../signatures/keys.ts';
import { trustOf } from '../signatures/trust.ts';
import { describeEnrolment, type EnrolmentToSign, signEnrolment, verifyEnrolment } from './enrolment.ts';
import { makeInvitation, readInvitation } from './invitation.ts';
import { withEnrolment, withoutKey, withoutParticipant, withSector } from './next-list.ts';

const CODE = `sha256:${'c'.repeat(64)}`;
let all: World;
let keys: KeyPair;
beforeAll(async () => {
  all = await world();
  keys = await generateKeyPair();
});

const ask = (more: Partial<EnrolmentToSign> = {}): Promise<GeneralJws> =>
  signEnrolment({
    ...{ id: 'did:web:ninth.example', name: 'Ninth', roles: ['data-holder'], aud: BROKER, realm: 'test' },
    ...{ code: CODE, privateKey: keys.privateKey, now: NOW },
    ...more,
  });
const rotation = async (more: Partial<EnrolmentToSign> = {}): Promise<GeneralJws> => {
  const { id, name, roles } = all.holder.participant;
  return ask({ id, name, roles, code: null, outgoing: all.holder.keys.privateKey, ...more });
};
const verify = async (jws: GeneralJws) =>
  verifyEnrolment(jws, { trust: all.trust, audience: BROKER, realm: 'test', now: NOW });
const isRefused = async (jws: GeneralJws, code: string): Promise<void> =>
  expect(verify(jws)).rejects.toMatchObject({ code });

describe('a request', () => {
  it('verifies by its own key, and both sides read the same fingerprint', async () => {
    const jws = await ask();
    const { enrolment, fingerprint } = await verify(jws);
    expect(enrolment.key).toEqual({ kid: keys.kid, key: keys.publicKey });
    expect(fingerprint).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
    expect(describeEnrolment(jws).fingerprint).toBe(fingerprint);
  });

  it('has another fingerprint with another key, name or role', async () => {
    const other = await generateKeyPair();
    const all = [
      await ask(),
      await ask({ privateKey: other.privateKey }),
      await ask({ name: 'Tenth' }),
      await ask({ roles: ['data-user'] }),
    ];
    expect(new Set(all.map((jws) => describeEnrolment(jws).fingerprint)).size).toBe(4);
  });

  it('cannot ask for a key that its sender does not have', async () => {
    const thief = await generateKeyPair();
    const { enrolment } = describeEnrolment(await ask());
    const sign = (content: Enrolment, by: KeyPair) => signGeneral('revier-enrolment+jws', content, [by.privateKey]);
    await isRefused(await sign(enrolment, thief), 'KEY_UNKNOWN');
    const mixed = { ...enrolment, key: { kid: keys.kid, key: thief.publicKey } };
    await isRefused(await sign(mixed, keys), 'INVALID_REQUEST');
  });

  it('is for one broker, one realm, one week, and needs a code', async () => {
    await isRefused(await ask({ aud: 'did:web:other.example' }), 'WRONG_AUDIENCE');
    await isRefused(await ask({ realm: 'production' }), 'WRONG_REALM');
    await isRefused(await ask({ now: new Date(NOW.getTime() - 8 * 86_400_000) }), 'EXPIRED');
    await isRefused(await ask({ code: null }), 'FORBIDDEN');
    await isRefused(await ask({ id: all.holder.id }), 'FORBIDDEN');
  });
});

describe('a rotation', () => {
  it('is signed by both keys; the old one counts for a while beside the new one, and signs for all no more', async () => {
    const { enrolment } = await verify(await rotation());
    const next = withEnrolment(all.list, enrolment, { now: NOW, overlapDays: 2 });
    expect(next.signers).toEqual([keys.kid]);
    const at = (days: number) => trustOf(next, () => NOW.getTime() + days * 86_400_000);
    expect(at(1).keysOf(all.holder.id)).toHaveLength(2);
    expect(at(2).keyOf(all.holder.keys.kid)).toBeUndefined();
    expect(at(2).keyOf(keys.kid)?.participant.id).toBe(all.holder.id);
  });

  it('is nothing without the old key, nor with that of somebody else, nor with a new role', async () => {
    const { enrolment } = describeEnrolment(await rotation());
    await isRefused(await signGeneral('revier-enrolment+jws', enrolment, [keys.privateKey]), 'SIGNATURE_INVALID');
    await isRefused(await rotation({ outgoing: all.university.keys.privateKey }), 'FORBIDDEN');
    await isRefused(await rotation({ roles: ['data-holder', 'operator'] }), 'FORBIDDEN');
  });
});

describe('a sector', () => {
  it('is put into a draft for the one whom it is about, and for nobody who is not there', () => {
    const next = withSector(all.list, all.university.id, 'research');
    expect(next.participants.find(({ id }) => id === all.university.id)?.sector).toBe('research');
    expect(next.participants.filter(({ sector }) => sector === 'research')).toHaveLength(1);
    expect(() => withSector(all.list, 'did:web:nobody.example', 'research')).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
  });
});

describe('a code', () => {
  it('pins the signers: a list with others does not fit it', () => {
    const code = readInvitation(makeInvitation(all.list).code);
    expect(code.pins(all.list)).toBe(true);
    expect(code.pins({ ...all.list, signers: [all.broker.keys.kid] })).toBe(false);
    expect(code.pins({ ...all.list, threshold: 2 })).toBe(false);
    expect(code.pins({ ...all.list, realm: 'production' })).toBe(false);
  });

  it.each(['', 'revier1', 'revier1-abc-def', `revier2-${'a'.repeat(26)}-${'a'.repeat(26)}`])('"%s" is none', (text) => {
    expect(() => readInvitation(text)).toThrow(expect.objectContaining({ code: 'CODE_INVALID' }));
  });
});

describe('a revocation', () => {
  it('never leaves a list that nobody could follow up', () => {
    const times = { now: NOW };
    expect(() => withoutParticipant(all.list, all.holder.id, times)).toThrow('Fewer signers');
    expect(() => withoutParticipant(all.list, 'did:web:nobody.example', times)).toThrow('does not stand');
    const without = withoutKey(all.list, all.university.keys.kid, times);
    expect(without.participants.map(({ id }) => id)).not.toContain(all.university.id);
    expect(without.version).toBe(all.list.version + 1);
  });
});
