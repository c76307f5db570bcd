/** The record of processing activities of a running node: counted from its audit log, and only for who may read its folder. */
import { LongAgreementView, ProcessingRecord, type Sha256 } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from './node-options.ts';
import { startNode } from './start-node.ts';
import { signAgreement } from './testing/agreement.case.ts';
import { callAdmin } from './testing/at-admin.case.ts';
import { countQuestion, type Federation, startFederation } from './testing/federation.case.ts';
import { makeStaff } from './testing/people.case.ts';

let federation: Federation;
let node: RunningNode;
beforeAll(async () => {
  federation = await startFederation();
  await federation.nodes.get('registry')?.close();
  const { parties, ruhr } = federation;
  const registry = parties.holder('registry');
  const signed = await signAgreement(parties, registry, {
    ...{ vocabulary: ruhr.vocabulary, dataset: 'urn:revier:dataset:registry', questions: [countQuestion] },
    change: (agreement) => ({
      ...agreement,
      'rv:legalAssessment': {
        ...{ norm: 'lkrg-nrw:P23', holderTask: 'Krebsregister führen', recipientBasis: 'Forschungsauftrag' },
        ...{ assessedBy: registry.id, assessedAt: '2026-01-01T00:00:00Z', fileNumber: 'AZ 17/3' },
      },
      permission: agreement.permission.map((rule) => ({
        ...rule,
        duty: [
          {
            '@id': '#d1',
            action: 'odrl:delete',
            constraint: [{ leftOperand: 'odrl:elapsedTime', operator: 'lteq', rightOperand: 'P18M' }],
          },
        ],
      })),
    }),
  });
  agreement = signed.hash;
  node = await startNode({
    ...federation.nodeOptions('registry'),
    ...{ schema: 'node_record', agreements: [signed.jws], firstPeople: (await makeStaff()).people },
  });
});
let agreement: Sha256;
afterAll(async () => {
  await node?.close();
  await federation?.close();
});

const ask = async (change: object = {}) =>
  federation.give('registry', await federation.ask({ ...countQuestion, ...change }, { agreements: [agreement] }));
const record = async (): Promise<ProcessingRecord> =>
  ProcessingRecord.parse((await callAdmin(node, '/v1/processing-record', federation)).json);

describe('the record of processing activities', () => {
  it('begins with what was agreed: ground, deadline, safeguards, recipient, and nothing asked', async () => {
    const { activities, controller, dataProtectionOfficers, questions, recipients } = await record();
    expect(controller.id).toBe(federation.parties.holder('registry').id);
    expect(dataProtectionOfficers).toEqual(['Olga Amt']);
    expect(questions).toEqual({ allowed: 0, denied: 0, reasons: [], releases: 0 });
    expect(recipients).toEqual([]);
    expect(activities).toHaveLength(1);
    expect(activities[0]).toMatchObject({
      agreement,
      status: 'ACTIVE',
      until: '2099-01-01T00:00:00.000Z',
      legalBasis: {
        title: { de: 'Forschung mit Krebsregisterdaten (§ 23 LKRG NRW)' },
        assessment: { fileNumber: 'AZ 17/3' },
      },
      recipient: { id: federation.parties.university.id },
    });
    expect(activities[0]?.retention.map(({ de }) => de).join(' ')).toMatch(/18 Monate/);
    expect(activities[0]?.safeguards.length).toBeGreaterThan(0);
    expect(activities[0]?.purposes.map(({ code }) => code)).toEqual(['ehds:PublicHealthSurveillance']);
  });

  it('counts what was allowed, denied and why, and who was given something', async () => {
    await federation.released(await ask());
    await federation.released(await ask());
    expect(await federation.refused(await ask({ purpose: 'ehds:HealthcareScientificResearch' }))).toEqual(['PURPOSE']);
    const other = await federation.give('registry', await federation.ask(countQuestion, { agreements: [] }));
    expect(await federation.refused(other)).toEqual(['NOT_AGREED']);
    const { activities, questions, recipients } = await record();
    expect(activities[0]?.questions).toEqual({
      ...{ allowed: 2, denied: 1, releases: 2 },
      reasons: [{ code: 'PURPOSE', count: 1 }],
    });
    expect(questions).toMatchObject({ allowed: 2, denied: 2, releases: 2 });
    expect(questions.reasons).toEqual([
      { code: 'NOT_AGREED', count: 1 },
      { code: 'PURPOSE', count: 1 },
    ]);
    expect(recipients).toMatchObject([{ id: federation.parties.university.id, releases: 2 }]);
  });

  it('names no person who has asked', async () => {
    expect(JSON.stringify(await record())).not.toContain('r17');
  });

  it('is for the owner of the node alone', async () => {
    const { parties } = federation;
    expect(await callAdmin(node, '/v1/processing-record', { parties, by: null })).toMatchObject({ status: 401 });
    expect(await callAdmin(node, '/v1/processing-record', { parties, by: parties.university })).toMatchObject({
      status: 403,
    });
  });

  it('knows a revocation, after which what was given has to be deleted at once', async () => {
    const { parties } = federation;
    const about = `/v1/agreements/${agreement}`;
    const dutiesNow = async () => LongAgreementView.parse((await callAdmin(node, about, { parties })).json).duties;
    expect(await dutiesNow()).toMatchObject([{ duty: '#d1', state: 'owed' }]);
    const body = { status: 'REVOKED', reason: 'the vote was withdrawn', by: 'Erika Muster', keepResults: true };
    expect(await callAdmin(node, `${about}/status`, { parties, body })).toMatchObject({ status: 200 });
    expect(await dutiesNow()).toMatchObject([{ duty: '#d1', state: 'overdue' }]);
    expect((await record()).activities[0]?.status).toBe('REVOKED');
  });
});
