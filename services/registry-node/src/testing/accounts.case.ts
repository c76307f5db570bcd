/** The contract of the accounts, as far as a task needs them: charged once, after one another, and told without the question that is asked about. */
import { addDuration, contentHash } from '@revier/core';
import { describe, expect, it } from 'vitest';
import type { AskedUnder, ChargeToEnter } from '../policy-ports.ts';
import { openGranted } from '../rooms/guard.ts';
import { answerTask } from '../use-cases/answer-task.ts';
import { limit, withTerms } from './agreement.case.ts';
import type { OpenHouse, WorkOptions } from './at-work.case.ts';
import type { Asked } from './parties.case.ts';
import { grantedIn, outcomeOf } from './sealed.case.ts';

const { signal } = new AbortController();

const costing = (cells: number) => async (): Promise<ChargeToEnter> => ({
  cells,
  audit: { decision: 'charged', codes: [], facts: { cells }, person: null },
});

async function openAccounts(open: OpenHouse, options?: WorkOptions) {
  const { small, house } = await open(options);
  const { accounts, agreements, book } = house;
  const { hash: agreement } = small.agreement;
  const { target: dataset } = small.agreement.agreement;
  /** A question of that name, as of now. */
  const asked = (name: string, change: Partial<AskedUnder> = {}): AskedUnder => ({
    ...{ agreement, dataset, submission: contentHash({ name }), now: small.now, windows: [] },
    ...change,
  });
  return {
    ...{ small, house, accounts, agreements, agreement, dataset, asked },
    charge: (name: string, cells: number, change?: Partial<AskedUnder>) =>
      accounts.charge(asked(name, change), costing(cells)),
    spent: async (change?: Partial<AskedUnder>) => (await accounts.facts(asked('nobody', change)))?.spent,
    charges: async () => (await book.decisions(100)).filter(({ decision }) => decision === 'charged'),
    outcome: (question?: Asked) => outcomeOf(grantedIn(small, house, question)),
    async answer(): Promise<void> {
      await answerTask(await small.sign(small.task(await small.ask())), house, signal);
    },
  };
}

type Opened = (options?: WorkOptions) => ReturnType<typeof openAccounts>;

export function describeAccounts(open: OpenHouse): void {
  const opened: Opened = (options) => openAccounts(open, options);
  describe('a charge', () => describeCharges(opened));
  describe('what was spent', () => describeSpent(opened));
  describe('what has reached a lineage', () => describeReleased(opened));

  it('agreements are listed as they stand, and named for their register and dataset alone', async () => {
    const { house, agreements, agreement, dataset, small } = await opened();
    const listed = await house.linked.agreements.list();
    expect(listed.map(({ stored, life, cause }) => [stored.hash, stored.agreement, life, cause])).toEqual([
      [agreement, small.agreement.agreement, { status: 'ACTIVE', seq: 1, tightened: false }, null],
    ]);
    const register = small.agreement.agreement['rv:register'];
    const named = async (...of: Parameters<typeof agreements.named>) =>
      (await agreements.named(...of)).map(({ hash }) => hash);
    expect(await named([contentHash({}), agreement], register, dataset)).toEqual([agreement]);
    expect(await named([contentHash({})], register, dataset)).toEqual([]);
    expect(await named([agreement], 'urn:revier:register:other', dataset)).toEqual([]);
    expect(await named([agreement], register, 'urn:revier:dataset:other')).toEqual([]);
  });
}

function describeCharges(opened: Opened): void {
  it('is made once for a question, also when it comes again at the same time', async () => {
    const { small, outcome, spent, charges } = await opened();
    const question = await small.ask();
    expect(await Promise.all([outcome(question), outcome(question)])).toEqual(['granted', 'granted']);
    expect(await outcome(question)).toBe('granted');
    expect(await spent()).toMatchObject({ cells: 2, questions: 1 });
    expect(await charges()).toHaveLength(1);
  });

  it('carries a budget to its last cell, and not beyond, however many come at once', async () => {
    const { outcome, spent } = await opened({ change: withTerms([limit('rv:budgetCells', '4')]) });
    const outcomes = await Promise.all([outcome(), outcome(), outcome()]);
    expect(outcomes.toSorted()).toEqual(['BUDGET', 'granted', 'granted']);
    expect(await spent()).toMatchObject({ cells: 4, questions: 2 });
  });

  it('is not made for what is refused', async () => {
    const { outcome, spent, charges } = await opened({ change: withTerms([limit('odrl:count', '1', 'P7D')]) });
    expect([await outcome(), await outcome()]).toEqual(['granted', 'QUOTA']);
    expect(await spent()).toMatchObject({ cells: 2, questions: 1 });
    expect(await charges()).toHaveLength(1);
  });

  it('is not made where the decision throws or says so, nor under an agreement that nobody has concluded', async () => {
    const { accounts, asked, charge, spent, charges } = await opened();
    const refusing = accounts.charge(asked('one'), () => Promise.reject(new Error('refused')));
    await expect(refusing).rejects.toThrow('refused');
    await accounts.charge(asked('one'), async () => null);
    const unknown = asked('one', { agreement: contentHash({}) });
    expect(await accounts.facts(unknown)).toBeUndefined();
    let seen: unknown = null;
    await accounts.charge(unknown, async (facts) => {
      seen = facts;
      return costing(2)();
    });
    expect(seen).toBeUndefined();
    expect(await spent()).toMatchObject({ cells: 0, questions: 0 });
    expect(await charges()).toEqual([]);
    // Who has failed is in nobody's way.
    await charge('two', 2);
    expect(await charges()).toHaveLength(1);
  });

  it('is one for each dataset that a question is about', async () => {
    const { accounts, asked, charge, spent } = await opened();
    await charge('one', 3);
    await charge('one', 5, { dataset: 'urn:revier:dataset:other' });
    expect(await spent()).toMatchObject({ cells: 8, questions: 2 });
    expect((await accounts.facts(asked('one')))?.charged).toBe(3);
  });
}

function describeSpent(opened: Opened): void {
  it('leaves out the question that is asked about, and tells what that was charged', async () => {
    const { accounts, asked, charge, small } = await opened();
    await charge('one', 3);
    await charge('other', 5);
    const facts = async (name: string) => {
      const { spent, charged } = (await accounts.facts(asked(name))) ?? {};
      return [spent?.cells, spent?.questions, charged];
    };
    expect(await facts('one')).toEqual([5, 1, 3]);
    expect(await facts('other')).toEqual([3, 1, 5]);
    expect(await facts('third')).toEqual([8, 2, null]);
    const { stored, life, duties, cause } = (await accounts.facts(asked('one'))) ?? {};
    expect([stored?.hash, stored?.lineage, life?.status, duties, cause]).toEqual([
      ...[small.agreement.hash, small.agreement.hash, 'ACTIVE', [], null],
    ]);
  });

  it('is told for each window of time that is asked for, its own question left out', async () => {
    const { accounts, asked, charge, small } = await opened();
    const start = small.now;
    for (const days of [0, 2, 6]) {
      small.now = addDuration(start, `P${days}D`);
      await charge(`after ${days}`, 1);
    }
    const within = async (name: string, at: number) =>
      (await accounts.facts(asked(name, { now: at, windows: ['P1D', 'P7D'] })))?.spent.within;
    expect(await within('nobody', small.now)).toEqual({ P1D: 1, P7D: 3 });
    expect(await within('after 6', small.now)).toEqual({ P1D: 0, P7D: 2 });
    // What was charged a window ago is outside of it.
    expect(await within('nobody', addDuration(start, 'P7D'))).toEqual({ P1D: 0, P7D: 2 });
    expect((await accounts.facts(asked('nobody')))?.spent.within).toEqual({});
  });
}

function describeReleased(opened: Opened): void {
  it('costs it no cells again, and is a question again', async () => {
    const { answer, spent, charges } = await opened();
    await answer();
    await answer();
    expect(await spent()).toMatchObject({ cells: 2, questions: 2 });
    expect((await charges()).map(({ facts }) => facts.cells)).toEqual([0, 2]);
  });

  it('is known by the key of the answer, once it was released and not before', async () => {
    const { small, house, accounts, agreement, answer } = await opened();
    const { key } = openGranted(await grantedIn(small, house));
    expect(await accounts.wasReleased(agreement, key)).toBe(false);
    await answer();
    expect(await accounts.wasReleased(agreement, key)).toBe(true);
    expect(await accounts.wasReleased(agreement, { ...key, epoch: 'later' })).toBe(false);
    expect(await accounts.wasReleased(contentHash({}), key)).toBe(false);
  });

  it('has a first time, of whichever question it was', async () => {
    const { small, accounts, asked, answer, charge } = await opened();
    const first = async () => (await accounts.facts(asked('one')))?.spent.firstRelease;
    await charge('one', 2);
    expect(await first()).toBeNull();
    const start = small.now;
    await answer();
    small.now += 1000;
    await answer();
    expect(await first()).toBe(start);
  });
}
