/** Applications at a node, from request to agreement: real records, real signatures, a consumer and a broker that a test scripts. */
import { signGeneral } from '@revier/connector-sdk';
import { canonicalQuestion, contentHash, unverified } from '@revier/core';
import { type Application, DSP_CONTEXT, type GeneralJws, LimitWishes, type PeopleChange, PeopleRoll, type PolicyOffer } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeOptions } from '../node-options.ts';
import { startNode } from '../start-node.ts';
import { applicationFor, type DataUser, dataUser, question, vocabularyOf } from '../testing/data-user.case.ts';
import { type DeskInTest, type DeskStaff, deskOf, makeDeskStaff } from '../testing/desk.case.ts';
import { countQuestion, type Federation, startFederation, until } from '../testing/federation.case.ts';
import { enrolment } from '../testing/people.case.ts';

let federation: Federation;
let staff: DeskStaff;
let user: DataUser;
let desk: DeskInTest;
let options: NodeOptions;

beforeAll(async () => {
  federation = await startFederation();
  staff = await makeDeskStaff();
  user = await dataUser(federation);
  await federation.nodes.get('registry')?.close();
  options = { ...federation.nodeOptions('registry'), firstPeople: Object.values(staff).map(enrolment) };
  await restart();
});
afterAll(() => federation?.close());

async function restart(change: Partial<NodeOptions> = {}): Promise<void> {
  await federation.nodes.get('registry')?.close();
  const node = await startNode({ ...options, ...change });
  federation.nodes.set('registry', node);
  desk = deskOf(federation, node);
}

/** A register of its own for each test. */
function about(name: string): Partial<Application> & { readonly title: Application['title'] } {
  const register = `urn:revier:register:inbox-${name}`;
  return { register, title: { de: name, en: name }, questions: [canonicalQuestion({ ...question, register })] };
}

async function waiting(name: string, more: Parameters<DataUser['apply']>[0] = {}) {
  const of = about(name);
  const applied = await user.apply({ ...more, application: { ...of, ...more?.application } });
  return { applied, entry: await desk.entry({ title: name }, 'REQUESTED') };
}

const contentOf = (signed: GeneralJws): string => contentHash(unverified(signed));

const approveBoth = async (draft: string | null): Promise<void> => {
  expect(await desk.approve(draft, staff.steward, 'steward')).toMatchObject({ status: 200 });
  expect(await desk.approve(draft, staff.signatory, 'signatory')).toMatchObject({ status: 200 });
};

describe('an application', () => {
  it('becomes an agreement in force when two persons have approved and both sides have signed', async () => {
    const { applied, entry } = await waiting('whole');
    expect(entry).toMatchObject({ waitsFor: 'people', missing: ['signatory', 'steward'], days: 0 });
    expect(await desk.approve(entry.draft, staff.steward, 'steward')).toMatchObject({ status: 200 });
    expect(await desk.entry({ title: 'whole' }, 'REQUESTED')).toMatchObject({ missing: ['signatory'] });
    expect(await desk.approve(entry.draft, staff.signatory, 'signatory')).toMatchObject({ status: 200 });
    const agreed = await user.heard(applied.consumerPid, 'agree');
    await user.verify(agreed);
    await user.heard(applied.consumerPid, 'finalize');
    expect(JSON.stringify((await desk.call('/v1/status')).json)).toContain(entry.draft);
    const published = () => federation.broker.offers.get(options.participant)?.agreements.map(contentOf) ?? [];
    await until(
      () => published().find((one) => one === entry.draft),
      () => 'it was not published',
    );
    expect((await desk.entry({ title: 'whole' }, 'FINALIZED')).waitsFor).toBeNull();
  });

  it('is shown in words, with findings, tables, past questions and who has to sign', async () => {
    const { entry } = await waiting('shown');
    const view = await desk.view(entry.id);
    expect(view.application?.title.en).toBe('shown');
    expect(view.sentences.map(({ de }) => de).join(' ')).toContain('Erlaubt ist: anonymisierte Statistiken erhalten.');
    expect(view.tables.map(({ en }) => en).join(' ')).toMatch(/count \(persons\)/);
    expect(view.lattice).toMatchObject({ tables: 1, isSafe: null });
    expect(view.simulation).toMatchObject({ days: 90 });
    expect(view.required).toEqual(['signatory', 'steward']);
    expect(view.unopened).toBeNull();
  });

  it('is rejected by one person who decides, and the data user is told why', async () => {
    const { applied, entry } = await waiting('rejected');
    expect(await desk.reject(entry.draft, staff.deputy, 'steward', 'out of scope')).toMatchObject({ status: 200 });
    const { payload } = await user.heard(applied.consumerPid, 'terminate');
    expect(payload.message).toMatchObject({ code: 'REJECTED', reason: ['out of scope'] });
    expect(await desk.approve(entry.draft, staff.steward, 'steward')).toMatchObject({ code: 'NOT_WAITING' });
  });

  it('waits for the opinion of the data protection officer where the holder wants one', async () => {
    await restart({ inbox: { opinionRequired: true } });
    const { applied, entry } = await waiting('opinion');
    await approveBoth(entry.draft);
    expect((await desk.view(entry.id)).opinionMissing).toBe(true);
    expect(await desk.opine(entry.draft, staff.steward)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await desk.opine(entry.draft, staff.officer)).toMatchObject({ status: 200 });
    await user.heard(applied.consumerPid, 'agree');
    await restart();
  });
});

describe('an amendment', () => {
  it('replaces the version in force, and cannot be passed off as a new agreement beside it', async () => {
    const { applied, entry } = await waiting('amended');
    await approveBoth(entry.draft);
    await user.verify(await user.heard(applied.consumerPid, 'agree'));
    await user.heard(applied.consumerPid, 'finalize');
    const beside = await user.apply({ application: about('amended') });
    expect(JSON.stringify((await user.heard(beside.consumerPid, 'terminate')).payload)).toContain('"/rv:replaces');
    const version = { version: 2, replaces: contentHash(applied.application) };
    const inForce = () => ({ hash: entry.draft ?? '', version: 1 });
    const again = await waiting('amended', { application: version, terms: { inForce } });
    expect(again.entry.version).toBe(2);
    await approveBoth(again.entry.draft);
    await user.verify(await user.heard(again.applied.consumerPid, 'agree'));
    await user.heard(again.applied.consumerPid, 'finalize');
    const status = JSON.stringify((await desk.call('/v1/status')).json);
    expect([entry.draft, again.entry.draft].map((hash) => status.includes(String(hash)))).toEqual([false, true]);
  });
});

describe('beside the application', () => {
  it('stands how it differs from the holder’s own template', async () => {
    const offer = user.offer(applicationFor(vocabularyOf(federation)), { minCellSize: () => 25 });
    await restart({ inbox: { templates: [{ name: 'registry.json', offer }] } });
    const { entry } = await waiting('templated');
    const { againstTemplate } = await desk.view(entry.id);
    expect(againstTemplate?.template).toBe('registry.json');
    expect(againstTemplate?.changes.map(({ en }) => en).join(' ')).toMatch(/25.*10/);
    await restart();
  });

  it('stand past questions, decided again under its terms', async () => {
    const agreement = federation.agreements.get('registry');
    const asked = await federation.ask(countQuestion, { agreements: [agreement?.hash ?? ''] });
    await federation.released(await federation.give('registry', asked));
    const { entry } = await waiting('simulated');
    expect((await desk.view(entry.id)).simulation).toMatchObject({ asked: 1, allowed: 1, denied: [] });
    await desk.limit(entry, staff.deputy, { maxDimensions: 2, constraints: [{ leftOperand: 'rv:purpose', operator: 'eq', rightOperand: countQuestion.purpose }] });
    expect((await desk.view(entry.id)).simulation).toMatchObject({ asked: 1, allowed: 1 });
  });

  it('stands everything in the audit log, and nobody by name', async () => {
    const decisions = JSON.stringify((await desk.call('/v1/decisions')).json);
    for (const decision of ['application-received', 'application-approved', 'agreement-concluded'])
      expect(decisions).toContain(`"${decision}"`);
    expect(decisions).not.toMatch(/Muster|Beispiel/i);
  });
});

describe('a limited draft', () => {
  it('is offered once others have approved it, accepted, signed and in force', async () => {
    const { applied, entry } = await waiting('limited');
    const { draft, ...limited } = await desk.limit(entry, staff.deputy, {
      minCellSize: 15,
      until: '2030-01-01T00:00:00Z',
    });
    expect(limited.status).toBe(200);
    expect(draft?.changes.map(({ en }) => en).join(' ')).toContain('15');
    expect(await desk.approve(draft?.hash ?? null, staff.deputy, 'steward')).toMatchObject({ code: 'FORBIDDEN' });
    await approveBoth(draft?.hash ?? null);
    const offered = await user.heard(applied.consumerPid, 'offer');
    const { message } = offered.payload;
    if (message['@type'] !== 'ContractOfferMessage') throw new Error('this is no offer');
    await user.accept(applied.consumerPid, message.providerPid);
    const agreed = await user.heard(applied.consumerPid, 'agree');
    expect(agreed.payload.message).toMatchObject({ agreement: { timestamp: draft?.agreement.timestamp } });
    await user.verify(agreed);
    await user.heard(applied.consumerPid, 'finalize');
    expect((await desk.view(entry.id)).againstAsked?.length).toBeGreaterThan(0);
  });

  it('makes approvals of what was asked for worthless', async () => {
    const { entry } = await waiting('older');
    await desk.approve(entry.draft, staff.steward, 'steward');
    await desk.limit(entry, staff.committee, { minCellSize: 20 });
    const after = await desk.entry({ title: 'older' }, 'REQUESTED');
    expect(after).toMatchObject({ isLimited: true, missing: ['signatory', 'steward'] });
    expect(await desk.approve(entry.draft, staff.signatory, 'signatory')).toMatchObject({
      code: 'REPLAYED',
      pointers: ['/agreement'],
    });
  });

  it('can be answered with another request, which begins anew', async () => {
    const { applied, entry } = await waiting('counter');
    const { draft } = await desk.limit(entry, staff.deputy, { minCellSize: 30 });
    await approveBoth(draft?.hash ?? null);
    const { payload } = await user.heard(applied.consumerPid, 'offer');
    const { consumerPid, providerPid } = { providerPid: '', ...payload.message };
    const offer = user.offer(applied.application, { minCellSize: () => 12 });
    await user.say({
      '@context': payload.message['@context'],
      '@type': 'ContractRequestMessage',
      consumerPid,
      providerPid,
      offer,
    });
    const again = await desk.entry({ title: 'counter' }, 'REQUESTED');
    expect(again.draft).not.toBe(entry.draft);
    expect(again).toMatchObject({ isLimited: false, missing: ['signatory', 'steward'] });
  });

  it('that limits nothing, or leaves nothing, is none', async () => {
    const { entry } = await waiting('nothing');
    for (const wishes of [{ minCellSize: 3 }, { withoutVariables: ['area', 'sex'] }])
      expect(await desk.limit(entry, staff.deputy, LimitWishes.parse(wishes))).toMatchObject({
        code: 'INVALID_REQUEST',
      });
  });
});

describe('standing policies', () => {
  it('need two who decide', async () => {
    const when = { datasets: ['urn:revier:dataset:registry'] };
    expect(await desk.give({ when, decides: 'approve' }, staff.steward, staff.officer)).toMatchObject({
      code: 'TWO_PERSONS_NEEDED',
    });
    expect(await desk.give({ when, decides: 'approve' }, staff.steward, staff.again)).toMatchObject({
      code: 'TWO_PERSONS_NEEDED',
    });
  });

  it('approve in the name of who has signed them, reject with their reason, and leave the rest to people', async () => {
    const signers = [staff.steward, staff.signatory];
    const mine = { dataUsers: [user.party.id], legalBases: ['gdng:P6-1' as const] };
    expect(await desk.give({ when: mine, decides: 'approve' }, ...signers)).toMatchObject({ status: 200 });
    const never = { legalBases: ['sgb10:P75' as const] };
    expect(
      await desk.give({ name: 'never', reason: 'not for this', when: never, decides: 'reject' }, ...signers),
    ).toMatchObject({ status: 200 });
    const approved = await user.apply({ application: { ...about('by-policy'), legalBasis: 'gdng:P6-1' } });
    const agreed = await user.heard(approved.consumerPid, 'agree');
    await user.verify(agreed);
    await user.heard(approved.consumerPid, 'finalize');
    const entry = await desk.entry({ title: 'by-policy' }, 'FINALIZED');
    const { approvals } = await desk.view(entry.id);
    expect(approvals.map(({ role }) => role).sort()).toEqual(['signatory', 'steward']);
    expect(approvals.every(({ policy }) => policy !== null)).toBe(true);
    const rejected = await user.apply({ application: { ...about('never'), legalBasis: 'sgb10:P75' } });
    expect((await user.heard(rejected.consumerPid, 'terminate')).payload.message).toMatchObject({
      code: 'STANDING_POLICY',
      reason: ['not for this'],
    });
    expect((await waiting('neither')).entry.waitsFor).toBe('people');
    expect(await desk.call('/v1/policies/usual/end', { by: 'Erika Muster' })).toMatchObject({ status: 200 });
    const waits = { ...about('after'), legalBasis: 'gdng:P6-1' as const };
    expect((await waiting('after', { application: waits })).entry.waitsFor).toBe('people');
  });
});

describe('what is not in order', () => {
  it.each<[string, (offer: PolicyOffer) => unknown, string]>([
    ['an unknown term', (offer) => ({ ...offer, 'rv:more': true }), '/message/offer'],
    [
      'expanded JSON-LD',
      (offer) => [{ '@type': ['http://www.w3.org/ns/odrl/2/Offer'], '@id': offer['@id'] }],
      '/message/offer',
    ],
    ['another holder', (offer) => ({ ...offer, assigner: 'did:web:other.example' }), '/message/offer/assigner'],
    ['a dataset that is not held', (offer) => ({ ...offer, target: 'urn:revier:dataset:elsewhere' }), '/target'],
    [
      'a table that no question needs',
      (offer) => ({
        ...offer,
        'rv:lattice': [
          ...offer['rv:lattice'],
          ...offer['rv:lattice'].map((one) => ({ ...one, margins: !one.margins })),
        ],
      }),
      '/rv:lattice/1',
    ],
    ['another legal basis', (offer) => ({ ...offer, 'rv:legalBasis': 'mine' }), '/rv:legalBasis'],
    [
      'a version that follows nothing',
      (offer) => ({ ...offer, 'rv:version': 2, 'rv:replaces': contentHash('x') }),
      '/rv:replaces',
    ],
  ])('%s is refused with its place', async (name, offer, pointer) => {
    const { consumerPid } = await user.apply({ application: about(name.replaceAll(' ', '-').toLowerCase()), offer });
    const { payload } = await user.heard(consumerPid, 'terminate');
    expect(payload.message).toMatchObject({ code: expect.stringMatching(/^(INVALID_REQUEST|POLICY_INVALID)$/) });
    expect(JSON.stringify(payload.message)).toContain(`"${pointer}`);
  });

  it('never stops the letters behind it', async () => {
    federation.broker.post.put(options.participant, user.party.id, 'aaaa.bbbb.cccc');
    await user.sayAnything({ kind: 'negotiation', nonsense: true });
    expect((await waiting('behind')).entry.state).toBe('REQUESTED');
  });

  it('is not heard from somebody who is not the sender, and nobody hears it twice', async () => {
    const { applied, entry } = await waiting('relay');
    const elsewhere = await dataUser(federation, federation.parties.elsewhere);
    await elsewhere.accept(applied.consumerPid, entry.id);
    const box = federation.broker.post.boxOf(options.participant);
    for (const letter of box) federation.broker.post.put(options.participant, user.party.id, letter);
    await waiting('after-relay');
    const all = (await desk.entries()).filter(({ title }) => title?.en === 'relay');
    expect(all).toMatchObject([{ id: entry.id, state: 'REQUESTED' }]);
  });
});

describe('attacks on four eyes', () => {
  it('one person in two roles, another’s role, another node, an old or a foreign signature: none counts', async () => {
    const { entry } = await waiting('attacked');
    const { draft } = entry;
    const stranger = (await makeDeskStaff()).steward;
    const old = Math.floor(Date.now() / 1000) - 15 * 86_400;
    expect(await desk.approve(draft, staff.steward, 'signatory')).toMatchObject({
      code: 'FORBIDDEN',
      pointers: ['/role'],
    });
    expect(await desk.approve(draft, staff.officer, 'steward')).toMatchObject({ code: 'FORBIDDEN' });
    expect(await desk.approve(draft, stranger, 'steward')).toMatchObject({ code: 'KEY_UNKNOWN' });
    expect(await desk.approve(contentHash('another'), staff.steward, 'steward')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await desk.approve(draft, staff.steward, 'steward', { node: user.party.id })).toMatchObject({
      code: 'WRONG_AUDIENCE',
    });
    expect(await desk.approve(draft, staff.steward, 'steward', { iat: old, exp: old + 14 * 86_400 })).toMatchObject({
      code: 'EXPIRED',
    });
    expect(
      await desk.approve(draft, staff.steward, 'steward', { exp: Math.floor(Date.now() / 1000) + 30 * 86_400 }),
    ).toMatchObject({ code: 'EXPIRED' });
    expect(await desk.approve(draft, staff.steward, 'steward')).toMatchObject({ status: 200 });
    expect(await desk.approve(draft, staff.again, 'signatory')).toMatchObject({ code: 'TWO_PERSONS_NEEDED' });
    expect(await desk.approve(draft, staff.deputy, 'steward')).toMatchObject({ status: 200 });
    expect(await desk.entry({ title: 'attacked' }, 'REQUESTED')).toMatchObject({ missing: ['signatory'] });
  });

  it('nobody without the node’s own key reads the inbox', async () => {
    expect(await desk.call('/v1/inbox', undefined, '')).toMatchObject({ status: 401 });
  });

  it('a signature over other bytes than were agreed ends the negotiation, and nothing comes into force', async () => {
    const { applied, entry } = await waiting('forged');
    await approveBoth(entry.draft);
    const agreed = await user.heard(applied.consumerPid, 'agree');
    await user.verify(agreed, (agreement) => ({ ...agreement, 'rv:legalBasis': 'everything' }));
    expect((await user.heard(applied.consumerPid, 'terminate')).payload.message).toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
    const status = await desk.call('/v1/status');
    expect(JSON.stringify(status.json)).not.toContain(entry.draft);
  });

  it('words that the protocol does not allow now change nothing', async () => {
    const { applied, entry } = await waiting('early');
    await user.accept(applied.consumerPid, entry.id);
    await waiting('after-early');
    expect(await desk.entry({ title: 'early' }, 'REQUESTED')).toMatchObject({ id: entry.id });
  });
});

describe('the data user', () => {
  it('can end a negotiation, which then waits for nobody', async () => {
    const { applied, entry } = await waiting('ended');
    const both = { consumerPid: applied.consumerPid, providerPid: entry.id };
    const type = 'ContractNegotiationTerminationMessage';
    await user.say({ '@context': [DSP_CONTEXT], '@type': type, ...both, code: 'NOT_NEEDED', reason: ['no money'] });
    const over = await desk.entry({ title: 'ended' }, 'TERMINATED');
    expect(over).toMatchObject({ waitsFor: null, ended: { code: 'NOT_NEEDED', reason: ['no money'] } });
  });
});

describe('a node that goes away', () => {
  it('says what it has decided when the broker is there again, and concludes what was verified', async () => {
    const { applied, entry } = await waiting('crash');
    federation.broker.post.isClosed = true;
    await approveBoth(entry.draft);
    expect(await desk.entry({ title: 'crash' }, 'AGREED')).toMatchObject({ waitsFor: 'data-user' });
    await restart();
    federation.broker.post.isClosed = false;
    const agreed = await user.heard(applied.consumerPid, 'agree');
    await federation.nodes.get('registry')?.close();
    await user.verify(agreed);
    await restart();
    await user.heard(applied.consumerPid, 'finalize');
  });
});

describe('whoever has left', () => {
  it('has approved nothing: what they approved and is not in force yet ends', async () => {
    const { applied, entry } = await waiting('left');
    await approveBoth(entry.draft);
    const agreed = await user.heard(applied.consumerPid, 'agree');
    const { roll } = PeopleRoll.parse((await desk.call('/v1/people')).json);
    const iat = Math.floor(Date.now() / 1000);
    const change: PeopleChange = {
      ...{ kind: 'people-change', node: options.participant, realm: 'test', roll, iat, exp: iat + 600 },
      change: { what: 'remove', kid: staff.signatory.pair.kid },
    };
    const keys = [staff.steward, staff.deputy].map(({ pair }) => pair.privateKey);
    expect(await desk.call('/v1/people', await signGeneral('revier-people+jws', change, keys))).toMatchObject({ status: 200 });
    await user.verify(agreed);
    const { payload } = await user.heard(applied.consumerPid, 'terminate');
    expect(payload.message).toMatchObject({ code: 'TWO_PERSONS_NEEDED' });
    expect(JSON.stringify((await desk.call('/v1/status')).json)).not.toContain(entry.draft);
  });
});
