/** Negotiation through a relay that nobody trusts: what it, or another participant, might try, and what both sides can say. */
import { canonicalText, contentHash } from '@revier/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { actor, NOW, SECONDS, type World, world } from '../signatures/actors.case.ts';
import { verifyAgreement } from '../signatures/agreement.ts';
import { forge } from '../signatures/forgery.case.ts';
import { joinHalves, signHalf, verifyHalf } from './halves.ts';
import { verifyLetter } from './letters.ts';
import { signNegotiation, verifyNegotiation } from './message.ts';
import { agreed, application, context, firstRequest, offer, pids, samples, wrapped } from './messages.case.ts';
import { signApplication, verifyApplication } from './statements.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});

const reading = (to = w.holder.id) => ({ trust: w.trust, realm: 'test' as const, to, now: NOW });
const isRefused = (attempt: Promise<unknown>, code: string) => expect(attempt).rejects.toMatchObject({ code });
const half = () => signHalf(agreed(w), w.holder.signer);
const toUser = () => ({ from: w.holder.id, to: w.university.id });

describe('a message', () => {
  it('arrives as it was sent, with who says what and the application verified', async () => {
    const sent = await firstRequest(w);
    const jws = await signNegotiation(sent, w.university.signer);
    expect(await verifyNegotiation(jws, reading())).toMatchObject({
      payload: sent,
      from: w.university.id,
      word: 'request',
      by: 'consumer',
      application: { hash: contentHash(application(w.university.id)) },
    });
  });

  it('of every kind is understood from the side that may say it, and from no other', async () => {
    const { first: _, ...others } = samples(w);
    const byUser = ['counter', 'accepted', 'verification', 'termination'];
    for (const [name, message] of Object.entries(others)) {
      const more = name === 'agreement' || name === 'verification' ? { signature: await half() } : {};
      const said = await signNegotiation(wrapped(w, message, more), w.university.signer);
      const told = await signNegotiation(wrapped(w, message, { ...more, ...toUser() }), w.holder.signer);
      const isSaid = await verifyNegotiation(said, reading()).then(
        () => true,
        () => false,
      );
      const isTold = await verifyNegotiation(told, reading(w.university.id)).then(
        () => true,
        () => false,
      );
      expect([name, isSaid, isTold]).toEqual([name, byUser.includes(name), !byUser.slice(0, 3).includes(name)]);
    }
  });

  it('that the relay has changed, or invented, is refused', async () => {
    const sent = await firstRequest(w);
    const [header = '', , signature = ''] = (await signNegotiation(sent, w.university.signer)).split('.');
    const changed = Buffer.from(canonicalText({ ...sent, iat: sent.iat - 1 })).toString('base64url');
    await isRefused(verifyNegotiation([header, changed, signature].join('.'), reading()), 'SIGNATURE_INVALID');
    await isRefused(verifyNegotiation(await signNegotiation(sent, w.broker.signer), reading()), 'FORBIDDEN');
    const stranger = await actor('stranger', 'data-user');
    await isRefused(verifyNegotiation(await signNegotiation(sent, stranger.signer), reading()), 'KEY_UNKNOWN');
  });

  it('for another recipient, in the name of another participant, of another realm, or from the future is refused', async () => {
    const sign = async (over: Parameters<typeof firstRequest>[1], by = w.university) =>
      signNegotiation(await firstRequest(w, over), by.signer);
    await isRefused(verifyNegotiation(await sign({}), reading(w.otherUniversity.id)), 'WRONG_AUDIENCE');
    await isRefused(verifyNegotiation(await sign({}, w.otherUniversity), reading()), 'FORBIDDEN');
    await isRefused(verifyNegotiation(await sign({ realm: 'production' }), reading()), 'WRONG_REALM');
    await isRefused(verifyNegotiation(await sign({ iat: SECONDS + 600 }), reading()), 'EXPIRED');
  });

  it('between two data users is nobody’s to say', async () => {
    const jws = await signNegotiation(await firstRequest(w, { to: w.otherUniversity.id }), w.university.signer);
    await isRefused(verifyNegotiation(jws, reading(w.otherUniversity.id)), 'FORBIDDEN');
  });

  it('is refused when the trust list has run out', async () => {
    const jws = await signNegotiation(await firstRequest(w), w.university.signer);
    await isRefused(verifyNegotiation(jws, { ...reading(), now: new Date('2026-06-02T00:00:00Z') }), 'EXPIRED');
  });

  it('with terms that are not between these two, or of another realm, is refused', async () => {
    const { first } = samples(w);
    if (first['@type'] !== 'ContractRequestMessage') throw new Error('no request');
    const told = async (over: object) =>
      verifyNegotiation(
        await signNegotiation(
          await firstRequest(w, { message: { ...first, offer: { ...first.offer, ...over } } }),
          w.university.signer,
        ),
        reading(),
      );
    await isRefused(told({ assigner: 'did:web:else.example' }), 'INVALID_REQUEST');
    await isRefused(told({ assignee: w.otherUniversity.id }), 'INVALID_REQUEST');
    await isRefused(told({ 'rv:realm': 'production' }), 'WRONG_REALM');
    await isRefused(told({ 'rv:register': 'urn:revier:register:other' }), 'INVALID_REQUEST');
  });

  it('comes with an application first and never again, which is the sender’s own', async () => {
    const bare = await firstRequest(w);
    const { application: own, ...without } = bare;
    await isRefused(
      verifyNegotiation(await signNegotiation(without, w.university.signer), reading()),
      'INVALID_REQUEST',
    );
    const again = wrapped(w, samples(w).counter, own === undefined ? {} : { application: own });
    await isRefused(verifyNegotiation(await signNegotiation(again, w.university.signer), reading()), 'INVALID_REQUEST');
    const theirs = await signApplication(application(w.otherUniversity.id), w.otherUniversity.signer);
    const stolen = await firstRequest(w, { application: theirs });
    await isRefused(
      verifyNegotiation(await signNegotiation(stolen, w.university.signer), reading()),
      'INVALID_REQUEST',
    );
    const posed = await signApplication(application(w.otherUniversity.id), w.university.signer);
    await isRefused(verifyApplication(posed, reading()), 'FORBIDDEN');
  });

  it('has half a signature when it is due, and never else', async () => {
    const bare = wrapped(w, samples(w).agreement, toUser());
    const jws = await signNegotiation(bare, w.holder.signer);
    await isRefused(verifyNegotiation(jws, reading(w.university.id)), 'INVALID_REQUEST');
    const early = wrapped(w, samples(w).offer, { ...toUser(), signature: await half() });
    await isRefused(
      verifyNegotiation(await signNegotiation(early, w.holder.signer), reading(w.university.id)),
      'INVALID_REQUEST',
    );
  });
});

describe('what looks like a message', () => {
  const header = () => canonicalText({ alg: 'EdDSA', kid: w.holder.keys.kid, typ: 'revier-negotiation+jws' });
  const from = (message: unknown) => ({ ...wrapped(w, samples(w).accepted, toUser()), message });
  const told = (payload: string) =>
    verifyNegotiation(forge(header(), payload, w.holder.keys.privateKey), reading(w.university.id));

  it('with an offer in place of the agreement is refused', async () => {
    const message = { ...context, ...pids, '@type': 'ContractAgreementMessage', agreement: offer(w) };
    await isRefused(told(canonicalText({ ...from(message), signature: await half() })), 'INVALID_REQUEST');
  });

  it('as expanded JSON-LD is refused: one form, one reading', async () => {
    const expanded = {
      '@type': ['https://w3id.org/dspace/2025/1/ContractNegotiationEventMessage'],
      'https://w3id.org/dspace/2025/1/eventType': [{ '@id': 'https://w3id.org/dspace/2025/1/FINALIZED' }],
    };
    await isRefused(told(canonicalText(from(expanded))), 'INVALID_REQUEST');
  });

  it('with a key twice is refused', async () => {
    const text = canonicalText(from({ ...samples(w).finalized }));
    const twice = text.replace('"eventType":"FINALIZED"', '"eventType":"ACCEPTED","eventType":"FINALIZED"');
    expect(twice).not.toBe(text);
    await isRefused(told(twice), 'NOT_CANONICAL');
  });

  it('but is a statement of another kind is no letter', async () => {
    const jws = await signApplication(application(w.university.id), w.university.signer);
    await isRefused(verifyLetter(jws, reading()), 'SIGNATURE_TYPE');
    await isRefused(verifyNegotiation(jws, reading()), 'SIGNATURE_TYPE');
  });
});

describe('two halves', () => {
  it('make the agreement that both have signed, in either order of time', async () => {
    const [assigner, assignee] = [await half(), await signHalf(agreed(w), w.university.signer)];
    const joined = joinHalves(agreed(w), assigner, assignee);
    expect(await verifyAgreement(joined, w.trust, NOW)).toEqual({
      agreement: agreed(w),
      hash: contentHash(agreed(w)),
    });
  });

  it('of one party, of a third one, or under other terms do not', async () => {
    const own = await half();
    expect(() => joinHalves(agreed(w), own, own)).toThrowError(expect.objectContaining({ code: 'SIGNATURE_INVALID' }));
    const third = await signHalf(agreed(w), w.otherUniversity.signer);
    await isRefused(verifyAgreement(joinHalves(agreed(w), own, third), w.trust, NOW), 'POLICY_INVALID');
    const other = { ...agreed(w), 'rv:legalBasis': 'another' };
    await isRefused(verifyHalf(other, own, { trust: w.trust, by: w.holder.id, now: NOW }), 'SIGNATURE_INVALID');
    await isRefused(verifyHalf(agreed(w), third, { trust: w.trust, by: w.university.id, now: NOW }), 'KEY_UNKNOWN');
    await verifyHalf(agreed(w), own, { trust: w.trust, by: w.holder.id, now: NOW });
  });
});
