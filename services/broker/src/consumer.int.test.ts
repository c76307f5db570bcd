/** The data user's side of negotiations, through a real broker, against a holder that plays every part: also a dishonest one, and crashes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  amendRegister,
  applyForRegister,
  type Consumer,
  closeRegister,
  createOfficeClient,
  isInForce,
  openTrustList,
  registerStore,
  reportDuty,
  sayInNegotiation,
  statusOf,
  syncRegisters,
  type Trust,
  verifyAgreement,
} from '@revier/connector-sdk';
import { contentHash, customaryDuties } from '@revier/core';
import { GeneralJws } from '@revier/schema';
import { smallDatasets, smallVocabulary } from '@revier/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BROKER, USER } from './testing/data-space.case.ts';
import { applicationOf } from './testing/letters.case.ts';
import { type ScriptedProvider, scriptedProvider } from './testing/scripted-provider.case.ts';
import { CITY_A, CITY_B, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

const vocabulary = smallVocabulary(smallDatasets.filter(({ holder }) => [CITY_A, CITY_B].includes(holder)));
const terms = { duties: customaryDuties, budgetCells: 1000 };
let [space, trust]: [TwoCities | undefined, Trust | undefined] = [undefined, undefined];
let [folder, register, count] = ['', '', 0];
let consumer: Consumer;
let holder: ScriptedProvider;
const folders: string[] = [];

beforeAll(async () => {
  space = await startTwoCities();
  const { federation } = space;
  const signed = GeneralJws.parse(await (await fetch(`${federation.url()}/v1/trust-list`)).json());
  const pinnedSigners = [federation.member(BROKER).keys.kid];
  trust = await openTrustList(signed, { pinnedSigners, now: new Date(), realm: 'test' });
});
afterAll(async () => {
  await space?.federation.close();
  for (const one of folders) await rm(one, { recursive: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revier-consumer-'));
  folders.push(folder);
  count += 1;
  register = `urn:revier:register:number-${count}`;
  if (space === undefined || trust === undefined) throw new Error('not started');
  holder = scriptedProvider(space.federation, CITY_A, trust);
  // What earlier registers have said is over.
  await holder.heard();
  consumer = consumerAt(space.federation.url());
});

function consumerAt(baseUrl: string, over: Partial<Consumer> = {}): Consumer {
  if (space === undefined || trust === undefined) throw new Error('not started');
  const { signer } = space.federation.member(USER);
  const clock = () => new Date();
  const identity = { signer, iss: USER, aud: BROKER, realm: 'test' as const };
  return {
    self: { id: USER, signer, realm: 'test' },
    ...{ trust, clock, acceptLimits: false, store: registerStore(folder) },
    post: createOfficeClient({ baseUrl, identity, clock }),
    ...over,
  };
}

const application = () => applicationOf({ register, submitted: new Date().toISOString() });
const apply = (one = consumer) => applyForRegister(one, application(), vocabulary, terms);
const sync = (one = consumer) => syncRegisters(one);
const recordOf = async () => {
  const record = (await consumer.store.find(register))?.negotiations.findLast((one) => one.holder === CITY_A);
  if (record === undefined) throw new Error('no record');
  return record;
};
const state = async () => (await recordOf()).state;
const narrower = (offer: Awaited<ReturnType<ScriptedProvider['request']>>['offer'], k: string) => ({
  ...offer,
  permission: offer.permission.map((rule) => ({
    ...rule,
    constraint: [
      ...rule.constraint,
      { leftOperand: 'rv:minCellSize' as const, operator: 'gteq' as const, rightOperand: k },
    ],
  })),
});

async function live() {
  await apply();
  const { offer, consumerPid } = await holder.request();
  const agreement = await holder.agree(consumerPid, offer);
  await sync();
  await holder.finalize(consumerPid);
  await sync();
  return { offer, consumerPid, agreement };
}

describe('a register', () => {
  it('is applied for at every holder, agreed, signed by both, and in force', async () => {
    expect(await apply()).toEqual({ sent: 2, stuck: [] });
    const { offer, consumerPid } = await holder.request();
    expect(offer.permission[0]?.duty?.map((duty) => duty['@id'])).toEqual(['#d1', '#d2', '#d3']);
    const agreement = await holder.agree(consumerPid, offer);
    expect(await sync()).toMatchObject({ sent: 1 });
    expect(await state()).toBe('VERIFIED');
    const [verification] = await holder.heard();
    await holder.assertVerified(agreement, verification?.signature);
    await holder.finalize(consumerPid);
    await holder.status({ agreement: contentHash(agreement), seq: 1, status: 'ACTIVE' });
    await sync();
    const record = await recordOf();
    expect([record.state, statusOf(record), isInForce(record, new Date())]).toEqual(['FINALIZED', 'ACTIVE', true]);
    const signed = record.agreement?.signed;
    if (signed == null || trust === undefined) throw new Error('not signed');
    expect(await verifyAgreement(signed, trust, new Date())).toEqual({ agreement, hash: contentHash(agreement) });
  });

  it('that the holder limits waits for a person, who accepts', async () => {
    await apply();
    const { offer, consumerPid } = await holder.request();
    const limited = narrower(offer, '30');
    await holder.offer(consumerPid, limited);
    expect(await sync()).toMatchObject({ sent: 0 });
    expect(await state()).toBe('OFFERED');
    await sayInNegotiation(consumer, register, offer.target, { say: 'accept' });
    expect((await holder.heard())[0]?.message).toMatchObject({ eventType: 'ACCEPTED' });
    await holder.agree(consumerPid, limited);
    await sync();
    expect(await state()).toBe('VERIFIED');
  });

  it('is accepted by rule when the holder only takes away, and not when it adds', async () => {
    const eager = { ...consumer, acceptLimits: true };
    await apply();
    const { offer, consumerPid } = await holder.request();
    await holder.offer(consumerPid, { ...offer, 'rv:legalBasis': 'another' });
    await sync(eager);
    expect(await state()).toBe('OFFERED');
    await sayInNegotiation(consumer, register, offer.target, { say: 'request', offer });
    await holder.offer(consumerPid, narrower(offer, '30'));
    await sync(eager);
    expect(await state()).toBe('ACCEPTED');
  });

  it('is ended by the holder with its reason, or by a person; also before the holder’s first word', async () => {
    await apply();
    const { offer, consumerPid } = await holder.request();
    await sayInNegotiation(consumer, register, offer.target, { say: 'terminate', code: 'ENDED', reason: 'Enough.' });
    expect(await state()).toBe('REQUESTED');
    await holder.agree(consumerPid, offer);
    await sync();
    expect([await state(), (await recordOf()).ended?.code]).toEqual(['TERMINATED', 'WITHDRAWN']);
    expect((await holder.heard()).at(-1)?.message['@type']).toBe('ContractNegotiationTerminationMessage');
  });

  it('cannot be applied for twice, and nobody can say what is not to be said now', async () => {
    await apply();
    await expect(apply()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const { dataset } = await recordOf();
    await expect(sayInNegotiation(consumer, register, dataset, { say: 'accept' })).rejects.toMatchObject({
      code: 'POLICY_INVALID',
    });
  });
});

describe('a dishonest or mistaken holder', () => {
  it('that agrees to other terms is told so, and gets no signature', async () => {
    const offerOf = async () => {
      await apply();
      return holder.request();
    };
    const { offer, consumerPid } = await offerOf();
    await holder.agree(consumerPid, narrower(offer, '30'));
    await sync();
    expect([await state(), (await recordOf()).ended?.code]).toEqual(['TERMINATED', 'AGREEMENT_DIFFERS']);
    expect((await holder.heard()).every(({ signature }) => signature === undefined)).toBe(true);
  });

  it('may write its own legal assessment, and date nothing back', async () => {
    await apply();
    const { offer, consumerPid } = await holder.request();
    await holder.agree(consumerPid, offer, { timestamp: '2026-01-01T00:00:00Z' });
    await sync();
    expect((await recordOf()).ended?.reasons[0]).toMatch(/dated/);
  });

  it('with words that do not fit the state, or of another negotiation, changes nothing', async () => {
    await apply();
    const { offer, consumerPid } = await holder.request();
    const before = await recordOf();
    await holder.finalize(consumerPid);
    await sync();
    expect({ ...(await recordOf()), heard: [], notes: [] }).toEqual(before);
    await holder.offer(consumerPid, narrower(offer, '20'));
    await sync();
    const other = 'urn:uuid:00000000-0000-4000-8000-000000000000';
    await holder.say(consumerPid, { '@type': 'ContractNegotiationTerminationMessage', providerPid: other });
    await sync();
    expect([await state(), (await recordOf()).notes.length]).toEqual(['OFFERED', 2]);
  });

  it('cannot speak in the negotiation of another one', async () => {
    await apply();
    const { consumerPid } = await holder.request();
    if (space === undefined || trust === undefined) throw new Error('not started');
    await scriptedProvider(space.federation, CITY_B, trust).terminate(consumerPid);
    const { strange } = await sync();
    expect(strange.at(-1)).toMatchObject({ from: CITY_B });
    expect(await state()).toBe('REQUESTED');
  });
});

describe('what goes wrong in between', () => {
  it('a crash between writing and sending repeats the letter, and it counts once', async () => {
    const crash = consumerAt(space?.federation.url() ?? '', {
      beforeSending: () => {
        throw new Error('crash');
      },
    });
    await expect(apply(crash)).rejects.toThrow('crash');
    expect(await holder.heard()).toEqual([]);
    await sync();
    const { offer, consumerPid } = await holder.request();
    await holder.agree(consumerPid, offer);
    await expect(sync(crash)).rejects.toThrow('crash');
    expect(await sync()).toMatchObject({ sent: 1, read: 0 });
    expect(await sync()).toMatchObject({ sent: 0, read: 0 });
    expect((await holder.heard()).map(({ message }) => message['@type'])).toEqual([
      'ContractAgreementVerificationMessage',
    ]);
    expect(await state()).toBe('VERIFIED');
  });

  it('a letter that is read again changes nothing', async () => {
    const { consumerPid } = await live();
    const before = await consumer.store.list();
    await consumer.store.putAfter(0);
    await sync();
    const [after] = (await consumer.store.list()).map(({ negotiations }) =>
      negotiations.find((one) => one.consumerPid === consumerPid),
    );
    expect(after).toEqual(before[0]?.negotiations.find((one) => one.consumerPid === consumerPid));
  });

  it('a broker out of reach loses nothing', async () => {
    await expect(apply(consumerAt('http://127.0.0.1:9'))).rejects.toMatchObject({ fault: 'unreachable' });
    expect((await sync()).sent).toBe(2);
    expect((await holder.request()).offer['rv:register']).toBe(register);
  });

  it('two who sync at once do it one after the other', async () => {
    await apply();
    const { offer, consumerPid } = await holder.request();
    await holder.agree(consumerPid, offer);
    const both = await Promise.all([sync(), sync(consumerAt(space?.federation.url() ?? ''))]);
    expect(both.map(({ sent }) => sent).sort()).toEqual([0, 1]);
    expect(await state()).toBe('VERIFIED');
  });
});

describe('a register that lives', () => {
  it('is amended: the next version replaces the agreement of the one before', async () => {
    const { agreement } = await live();
    const [first] = (await consumer.store.find(register))?.applications ?? [];
    if (first === undefined) throw new Error('not applied for');
    const before = JSON.parse(Buffer.from(first.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const next = { ...before, version: 2, replaces: contentHash(before), expires: '2098-01-01T00:00:00Z' };
    // City B has said nothing yet.
    await expect(amendRegister(consumer, { application: next, vocabulary, terms })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    if (space === undefined || trust === undefined) throw new Error('not started');
    const cityB = scriptedProvider(space.federation, CITY_B, trust);
    await cityB.terminate((await cityB.request()).consumerPid);
    await sync();
    await amendRegister(consumer, { application: next, vocabulary, terms, tightening: true });
    const { offer } = await holder.request();
    expect([offer['rv:version'], offer['rv:replaces'], offer['rv:tightening']]).toEqual([
      2,
      contentHash(agreement),
      true,
    ]);
    expect((await cityB.request()).offer).toMatchObject({ 'rv:version': 1 });
  });

  it('reports its duties once, and is closed', async () => {
    const { agreement } = await live();
    const report = { duty: '#d1', evidence: 'doi:10.1000/1' };
    expect((await reportDuty(consumer, register, report)).sent).toBe(1);
    await expect(reportDuty(consumer, register, report)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await closeRegister(consumer, register, contentHash(application()), 'Done.')).sent).toBe(2);
    await holder.status({ agreement: contentHash(agreement), seq: 2, status: 'COMPLETED' });
    await sync();
    expect([statusOf(await recordOf()), isInForce(await recordOf(), new Date())]).toEqual(['COMPLETED', false]);
  });
});
