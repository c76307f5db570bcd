/** Budgets, counts and duties over real records, embedded and server: charged exactly once, whoever asks at the same time. */
import { addDuration } from '@revier/core';
import type { Constraint, Duty, Sha256 } from '@revier/schema';
import type { Records } from '@revier/service-kit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifySubmission, verifyTask } from './rooms/gate.ts';
import { grant } from './rooms/guard.ts';
import { Refusal } from './rooms/refusal.ts';
import { concluded, nextVersion, openCase, receiptOf } from './testing/accounts-at-work.case.ts';
import { limit, withTerms } from './testing/agreement.case.ts';
import { openAssessed } from './testing/assessed.case.ts';
import { engines } from './testing/engines.case.ts';
import { question } from './testing/house.case.ts';
import { answerTask } from './use-cases/answer-task.ts';
import { takeDutyReport } from './use-cases/take-duty.ts';

const signal = new AbortController().signal;

describe.each(await engines())('over %s', (_, opened) => {
  let records: Records;
  beforeAll(async () => {
    records = await opened();
  });
  afterAll(() => records?.close());

  it('a budget is spent to its last cell, and not beyond', async () => {
    const one = await openCase(records, withTerms([limit('rv:budgetCells', '4')]));
    expect([await one.grant(), await one.grant(), await one.grant()]).toEqual(['granted', 'granted', 'BUDGET']);
    expect(await one.spent()).toEqual({ cells: 4, questions: 2 });
  });

  it('of many at the same time exactly as many are granted as the budget carries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 6 }), async (budget, asked) => {
        const one = await openCase(records, withTerms([limit('rv:budgetCells', String(budget))]));
        const outcomes = await Promise.all(Array.from({ length: asked }, () => one.grant()));
        const granted = outcomes.filter((outcome) => outcome === 'granted').length;
        expect(granted).toBe(Math.min(asked, Math.floor(budget / 2)));
        expect(await one.spent()).toEqual({ cells: granted * 2, questions: granted });
      }),
      { numRuns: 6 },
    );
  });

  it('a question that comes again after a crash is charged once, also at the same time', async () => {
    const one = await openCase(records, withTerms([limit('rv:budgetCells', '2')]));
    const asked = await one.small.ask({ agreements: [one.small.agreement.hash] });
    const again = () => one.grant(one.small.agreement.hash, asked);
    expect(await again()).toBe('granted');
    expect(await Promise.all([again(), again()])).toEqual(['granted', 'granted']);
    expect(await one.spent()).toEqual({ cells: 2, questions: 1 });
  });

  it('what is refused costs nothing, and a window of time opens again', async () => {
    const one = await openCase(records, withTerms([limit('odrl:count', '1', 'P7D')]));
    expect([await one.grant(), await one.grant()]).toEqual(['granted', 'QUOTA']);
    expect(await one.spent()).toEqual({ cells: 2, questions: 1 });
    const { house } = one;
    const later = { ...house, self: { ...house.self, now: () => addDuration(one.small.now, 'P7D') } };
    const task = one.small.task(await one.small.ask({ agreements: [one.small.agreement.hash] }));
    const submission = await verifySubmission(task, one.small.queryOf(task), house.self);
    await grant(await verifyTask(task, submission, house, signal), later);
    expect((await one.spent()).questions).toBe(2);
  });

  it('the next version takes over what was spent, and the one before grants nothing any more', async () => {
    const change = withTerms([limit('rv:budgetCells', '4')]);
    const one = await openCase(records, change);
    expect(await one.grant()).toBe('granted');
    const { small } = one;
    const next = await nextVersion(one, change);
    await concluded(one, next);
    await concluded(one, next);
    expect(await one.grant()).toBe('NOT_IN_FORCE');
    expect([await one.grant(next.hash), await one.grant(next.hash)]).toEqual(['granted', 'BUDGET']);
    const life = async (hash: Sha256) => (await one.agreements.standing(hash))?.life;
    expect(await life(small.agreement.hash)).toEqual({ status: 'SUPERSEDED', seq: 2, tightened: false });
    expect(await life(next.hash)).toEqual({ status: 'ACTIVE', seq: 1, tightened: false });
  });

  it('approvals that are not there deny, whoever has signed the agreement itself', async () => {
    const approval: Constraint = {
      leftOperand: 'rv:approval',
      operator: 'isAllOf',
      rightOperand: ['steward', 'signatory'],
    };
    expect(await (await openCase(records, withTerms([approval]))).grant()).toBe('APPROVAL');
  });

  it('a duty is triggered by the first release, stops new questions when overdue, and no more when it is done', async () => {
    const duty: Duty = {
      '@id': '#d1',
      action: 'rv:publish',
      constraint: [{ leftOperand: 'odrl:elapsedTime', operator: 'lteq', rightOperand: 'P1D' }],
    };
    const one = await openCase(records, withTerms([], [duty]));
    const { small, house } = one;
    await answerTask(await small.sign(small.task(await small.ask())), house, signal);
    expect(await one.grant()).toBe('granted');
    const late = { ...one, house: { ...house, self: { ...house.self, now: () => addDuration(small.now, 'P2D') } } };
    const overdue = async () => {
      const task = small.task(await small.ask());
      const verified = await verifyTask(
        task,
        await verifySubmission(task, small.queryOf(task), house.self),
        house,
        signal,
      );
      return grant(verified, late.house).then(
        () => 'granted',
        (error: unknown) =>
          error instanceof Refusal ? error.reasons.map(({ code }) => code).join(' ') : String(error),
      );
    };
    expect(await overdue()).toBe('DUTY');
    const { id } = small.parties.university;
    const report = {
      ...{ kind: 'duty-report' as const, agreement: small.agreement.hash, duty: '#d1', realm: 'test' as const, by: id },
      ...{ evidence: 'doi:10.1000/1', doneAt: new Date(small.now).toISOString() },
    };
    const signed = await small.parties.university.signer.sign('revier-duty+jws', report);
    const deps = {
      ...{ self: house.self, agreements: one.agreements, accounts: one.accounts },
      changed: () => undefined,
    };
    await expect(takeDutyReport({ report, signed }, small.parties.elsewhere.id, deps)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await takeDutyReport({ report, signed }, id, deps);
    expect(await overdue()).toBe('granted');
  });

  it('a dry run foresees what a query would be told: the same figures cost no cells again', async () => {
    const one = await openCase(records, withTerms([limit('rv:budgetCells', '2'), limit('odrl:count', '3')]));
    const { small, house } = one;
    const foreseen = async (change: object = {}) => {
      const asking = { question: { ...question, ...change }, envelope: { dryRun: true as const } };
      const task = small.task(await small.ask(asking));
      await answerTask(await small.sign(task), house, signal);
      return openAssessed(small, await receiptOf(one, task.taskId));
    };
    expect(await foreseen()).toMatchObject({ wouldAnswer: true, left: { cells: 2 } });
    await answerTask(await small.sign(small.task(await small.ask())), house, signal);
    expect(await one.spent()).toEqual({ cells: 2, questions: 1 });
    expect(await foreseen()).toMatchObject({ wouldAnswer: true, left: { cells: 0, queries: 2 } });
    expect(await one.spent()).toEqual({ cells: 2, questions: 1 });
    expect(await one.grant()).toBe('granted');
    expect(await one.spent()).toEqual({ cells: 2, questions: 2 });
    expect(await one.grant()).toBe('granted');
    expect((await foreseen()).reasons.map(({ code }) => code)).toEqual(['QUOTA']);
  });
});
