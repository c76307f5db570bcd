/** What nobody can do to an inbox: invalid requests, false signatures, one person twice, crashes, people who have left. */
import { signGeneral } from '@revier/connector-sdk';
import { canonicalQuestion, contentHash } from '@revier/core';
import { DSP_CONTEXT, type PeopleChange, PeopleRoll, type PolicyOffer } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DataUser, dataUser } from '../testing/data-user.case.ts';
import { type DeskInTest, type DeskStaff, makeDeskStaff } from '../testing/desk.case.ts';
import type { Federation } from '../testing/federation.case.ts';
import { about, type InboxInTest, openInbox } from '../testing/inbox.case.ts';

let inbox: InboxInTest;
let federation: Federation;
let staff: DeskStaff;
let user: DataUser;
let desk: DeskInTest;
beforeAll(async () => {
  inbox = await openInbox();
  ({ federation, staff, user, desk } = inbox);
});
afterAll(() => inbox?.close());

const waiting: InboxInTest['waiting'] = (...of) => inbox.waiting(...of);
const approveBoth = async (draft: string | null): Promise<void> => {
  expect(await desk.approve(draft, staff.steward, 'steward')).toMatchObject({ status: 200 });
  expect(await desk.approve(draft, staff.signatory, 'signatory')).toMatchObject({ status: 200 });
};

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
    federation.broker.post.put(inbox.options.participant, user.party.id, 'aaaa.bbbb.cccc');
    await user.sayAnything({ kind: 'negotiation', nonsense: true });
    expect((await waiting('behind')).entry.state).toBe('REQUESTED');
  });

  it('is not heard from somebody who is not the sender, and nobody hears it twice', async () => {
    const { applied, entry } = await waiting('relay');
    const elsewhere = await dataUser(federation, federation.parties.elsewhere);
    await elsewhere.accept(applied.consumerPid, entry.id);
    const box = federation.broker.post.boxOf(inbox.options.participant);
    for (const letter of box) federation.broker.post.put(inbox.options.participant, user.party.id, letter);
    await waiting('after-relay');
    const all = (await desk.entries()).filter(({ title }) => title?.en === 'relay');
    expect(all).toMatchObject([{ id: entry.id, state: 'REQUESTED' }]);
  });
});

describe('tables that give each other away', () => {
  it('are shown as such, with what to leave out, and cannot be approved of', async () => {
    const { register, questions } = about('apart');
    const [whole] = questions;
    if (whole === undefined) throw new Error('nothing is asked');
    // Exact figures of both would have to be protected together, over all sites in all districts.
    const sites = canonicalQuestion({
      ...{ register, purpose: whole.purpose, by: [{ variable: 'site', level: 'category' }, { variable: 'area' }] },
      aggregates: { cancer: { model: 'cancer-case/1', count: 'persons' } },
    });
    const { entry } = await waiting('apart', { application: { questions: [whole, sites] } });
    const { lattice, agreement } = await desk.view(entry.id);
    expect(lattice).toMatchObject({
      tables: 2,
      isSafe: false,
      en: expect.stringContaining('It would be safe without'),
    });
    expect(await desk.approve(entry.draft, staff.steward, 'steward')).toMatchObject({
      code: 'POLICY_INVALID',
      pointers: expect.arrayContaining(['/rv:lattice']),
    });
    expect(await desk.entry({ title: 'apart' }, 'REQUESTED')).toMatchObject({ missing: ['signatory', 'steward'] });
    expect(agreement?.['rv:lattice']).toHaveLength(2);
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
    await inbox.restart();
    federation.broker.post.isClosed = false;
    const agreed = await user.heard(applied.consumerPid, 'agree');
    await federation.nodes.get('registry')?.close();
    await user.verify(agreed);
    await inbox.restart();
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
      ...{ kind: 'people-change', node: inbox.options.participant, realm: 'test', roll, iat, exp: iat + 600 },
      change: { what: 'remove', kid: staff.signatory.pair.kid },
    };
    const keys = [staff.steward, staff.deputy].map(({ pair }) => pair.privateKey);
    expect(await desk.call('/v1/people', await signGeneral('revier-people+jws', change, keys))).toMatchObject({
      status: 200,
    });
    await user.verify(agreed);
    const { payload } = await user.heard(applied.consumerPid, 'terminate');
    expect(payload.message).toMatchObject({ code: 'TWO_PERSONS_NEEDED' });
    expect(JSON.stringify((await desk.call('/v1/status')).json)).not.toContain(entry.draft);
  });
});
