/** Applications at a node, from request to agreement: real records, real signatures, a consumer and a broker that a test scripts. */
import { contentHash, unverified } from '@revier/core';
import { type GeneralJws, LimitWishes } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applicationFor, type DataUser, vocabularyOf } from '../testing/data-user.case.ts';
import type { DeskInTest, DeskStaff } from '../testing/desk.case.ts';
import { countQuestion, type Federation, until } from '../testing/federation.case.ts';
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
    const published = () => federation.broker.offers.get(inbox.options.participant)?.agreements.map(contentOf) ?? [];
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
    expect(view.lattice).toMatchObject({ tables: 1, isSafe: true });
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
    await inbox.restart({ inbox: { opinionRequired: true } });
    const { applied, entry } = await waiting('opinion');
    await approveBoth(entry.draft);
    expect((await desk.view(entry.id)).opinionMissing).toBe(true);
    expect(await desk.opine(entry.draft, staff.steward)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await desk.opine(entry.draft, staff.officer)).toMatchObject({ status: 200 });
    await user.heard(applied.consumerPid, 'agree');
    await inbox.restart();
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
    await inbox.restart({ inbox: { templates: [{ name: 'registry.json', offer }] } });
    const { entry } = await waiting('templated');
    const { againstTemplate } = await desk.view(entry.id);
    expect(againstTemplate?.template).toBe('registry.json');
    expect(againstTemplate?.changes.map(({ en }) => en).join(' ')).toMatch(/25.*10/);
    await inbox.restart();
  });

  it('stand past questions, decided again under its terms', async () => {
    const agreement = federation.agreements.get('registry');
    const asked = await federation.ask(countQuestion, { agreements: [agreement?.hash ?? ''] });
    await federation.released(await federation.give('registry', asked));
    const { entry } = await waiting('simulated');
    expect((await desk.view(entry.id)).simulation).toMatchObject({ asked: 1, allowed: 1, denied: [] });
    await desk.limit(entry, staff.deputy, {
      maxDimensions: 2,
      constraints: [{ leftOperand: 'rv:purpose', operator: 'eq', rightOperand: countQuestion.purpose }],
    });
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
