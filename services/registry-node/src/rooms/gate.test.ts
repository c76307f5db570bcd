/** The gate lets in what researcher and broker have both signed for this node, in time, and what its own plan explains. */
import { contentHash } from '@revier/core';
import { describe, expect, it } from 'vitest';
import { question, type SmallHouse, smallHouse } from '../testing/house.case.ts';
import { openTask, openVerifiedTask, verifySubmission, verifyTask } from './gate.ts';
import { Refusal } from './refusal.ts';

const signal = new AbortController().signal;

const codesOf = async (step: Promise<unknown>): Promise<string[]> => {
  const fault = await step.catch((error: unknown) => error);
  return fault instanceof Refusal ? fault.reasons.map(({ code }) => code) : [`not refused: ${String(fault)}`];
};

async function enter(small: SmallHouse, change: Parameters<SmallHouse['ask']>[0] = {}, house = small.house) {
  const task = small.task(await small.ask(change));
  return verifyTask(task, await verifySubmission(task, small.queryOf(task), house.self), house, signal);
}

describe('a task', () => {
  it('opens under the key of our own broker', async () => {
    const small = await smallHouse();
    const task = small.task(await small.ask());
    expect(await openTask((await small.sign(task)).task, small.house.self)).toEqual(task);
  });

  it('of another participant is none, even of another broker in the trust list', async () => {
    const small = await smallHouse();
    const task = small.task(await small.ask());
    const jws = await small.parties.holder('city-a').signer.sign('revier-task+jws', task);
    await expect(openTask(jws, small.house.self)).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
    const self = { ...small.house.self, broker: small.parties.university.id };
    await expect(openTask((await small.sign(task)).task, self)).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
  });

  it('keeps its identity over deliveries, and changes it with everything else', async () => {
    const small = await smallHouse();
    const task = small.task(await small.ask());
    const identity = async (change: object) =>
      (await verifySubmission({ ...task, ...change }, small.queryOf(task), small.house.self)).identity.identity;
    expect(await identity({ attempt: 2, iat: task.iat + 1 })).toBe(await identity({}));
    expect(await identity({ evidence: ['a.b.c'] })).not.toBe(await identity({}));
    expect(await identity({ stage: 1 })).not.toBe(await identity({}));
  });
});

describe('the query beside a task', () => {
  it('is the one that the task names, whoever has signed another', async () => {
    const small = await smallHouse();
    const [asked, other] = [await small.ask(), await small.ask()];
    const task = small.task(asked);
    const fault = await verifySubmission(task, other.signedQuery.query, small.house.self).catch((error) => error);
    expect(fault).toMatchObject({ reasons: [{ code: 'SIGNATURE_INVALID', pointer: '/query' }] });
    expect((await verifySubmission(task, asked.signedQuery.query, small.house.self)).person).toContain('r17');
  });

  it('is looked at before everything else', async () => {
    const small = await smallHouse();
    const [asked, other] = [await small.ask(), await small.ask()];
    const task = small.task(asked, { realm: 'production', aud: small.parties.broker.id });
    expect(await codesOf(verifySubmission(task, other.signedQuery.query, small.house.self))).toEqual([
      'SIGNATURE_INVALID',
    ]);
  });
});

describe('the clock', () => {
  it.each([
    [119, []],
    [121, ['EXPIRED']],
  ])('of a broker that is %i seconds ahead', async (ahead, codes) => {
    const small = await smallHouse();
    const task = small.task(await small.ask());
    small.now = (task.iat - ahead) * 1000;
    const refused = await verifySubmission(task, small.queryOf(task), small.house.self).then(
      () => [],
      (error: unknown) => (error instanceof Refusal ? error.reasons.map(({ code }) => code) : ['?']),
    );
    // The query of the researcher was signed at the same moment, so it is as far ahead.
    expect(refused).toEqual(codes);
  });

  it('that is no number lets nothing in', async () => {
    const small = await smallHouse();
    const task = small.task(await small.ask());
    small.now = Number.NaN;
    expect(await codesOf(verifySubmission(task, small.queryOf(task), small.house.self))).toEqual(['EXPIRED']);
  });
});

describe('the plan', () => {
  it('is our own: the task says which dataset and stage, and nothing of the table', async () => {
    const small = await smallHouse();
    const facts = openVerifiedTask(await enter(small));
    expect(facts.own.table.by).toEqual([{ variable: 'area', level: 'city' }]);
    expect(facts.person).toBe('did:web:university.example#r17');
    expect(facts.parts).toEqual([]);
    expect(facts.covered).toBeNull();
  });

  it('of a question that names what is not there is refused with the place', async () => {
    const small = await smallHouse();
    const asking = { ...question, by: [{ variable: 'shoeSize' }] };
    const fault = await enter(small, { question: asking }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Refusal);
    if (fault instanceof Refusal)
      expect(fault.reasons).toMatchObject([{ code: 'QUESTION_INVALID', pointer: '/question/by/0' }]);
  });

  it('over a description that we have replaced since is refused: an old one might have been laxer', async () => {
    const small = await smallHouse();
    const [[id, held] = ['', undefined]] = small.house.datasets;
    if (held === undefined) throw new Error('nothing is held');
    const replaced = { ...held, hash: contentHash({ ...held.description, epoch: 'ffffffffffffffff' }) };
    const house = { ...small.house, datasets: new Map([[id, replaced]]) };
    expect(await codesOf(enter(small, {}, house))).toEqual(['CATALOGUE_UNKNOWN']);
  });

  it('that cannot be made since the broker is away is no refusal: the task comes again', async () => {
    const small = await smallHouse();
    const house = { ...small.house, vocabularies: { open: () => Promise.reject(new TypeError('away')) } };
    await expect(enter(small, {}, house)).rejects.toThrow(TypeError);
  });
});
