/** Agreements looked after over real records: ended when their time is over or the data user closes, and reminded of once. */
import { addDuration } from '@revier/core';
import type { Agreement, Duty } from '@revier/schema';
import { type Logger, openRecords, type Records } from '@revier/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Case, openCase } from './testing/accounts-at-work.case.ts';
import { withTerms } from './testing/agreement.case.ts';
import { answerTask } from './use-cases/answer-task.ts';
import { keepAgreements } from './use-cases/keep-agreements.ts';
import { takeClosure } from './use-cases/take-duty.ts';

let records: Records;
beforeAll(async () => {
  records = await openRecords({ memory: true });
});
afterAll(() => records?.close());

const DAY = 86_400_000;
const deletion: Duty = {
  '@id': '#d1',
  action: 'odrl:delete',
  constraint: [{ leftOperand: 'odrl:elapsedTime', operator: 'lteq', rightOperand: 'P30D' }],
};

const endingIn = (ms: number) => (agreement: Agreement) => ({
  ...agreement,
  permission: agreement.permission.map((rule) => ({
    ...rule,
    constraint: rule.constraint.map((one) =>
      one.leftOperand === 'odrl:dateTime' ? { ...one, rightOperand: new Date(Date.now() + ms).toISOString() } : one,
    ),
  })),
});

const depsOf = ({ house: { self }, agreements, accounts }: Case) => ({
  ...{ self, agreements, accounts },
  changed: () => undefined,
});

/** As after each restart; returns what is said at one look. */
async function lookOnce(one: Case): Promise<unknown[]> {
  const said: unknown[] = [];
  const logger: Logger = Object.assign(Object.create(one.house.logger), {
    warn: (about: { what?: string; when?: string }) => said.push(about.what ?? about),
  });
  const keeping = keepAgreements(depsOf(one), logger);
  await keeping.look();
  await keeping.close();
  return said;
}

const statusOf = async (one: Case) => (await one.agreements.standing(one.small.agreement.hash))?.life;

describe('the end of an agreement', () => {
  it('is stated as EXPIRED by the look that comes after it, once', async () => {
    const one = await openCase(records, endingIn(2 * DAY));
    await lookOnce(one);
    expect(await statusOf(one)).toMatchObject({ status: 'ACTIVE', seq: 1 });
    one.small.now += 2 * DAY + 1000;
    await lookOnce(one);
    await lookOnce(one);
    expect(await statusOf(one)).toMatchObject({ status: 'EXPIRED', seq: 2 });
  });

  it('is reminded of 60, 14 and 1 days before, each once, also over restarts', async () => {
    const one = await openCase(records, endingIn(90 * DAY));
    expect(await lookOnce(one)).toEqual([]);
    for (const days of [31, 46, 12.5]) {
      one.small.now += days * DAY;
      expect([await lookOnce(one), await lookOnce(one)]).toEqual([['ends'], []]);
    }
  });

  it('comes as COMPLETED when the data user closes, and only from it', async () => {
    const one = await openCase(records, (agreement) => agreement);
    const { id: dataUser } = one.small.parties.university;
    const closure = {
      ...{ kind: 'closure' as const, register: one.small.agreement.agreement['rv:register'], dataUser },
      ...{
        realm: 'test' as const,
        reason: 'published',
        application: one.small.agreement.hash,
        at: new Date(one.small.now).toISOString(),
      },
    };
    await expect(takeClosure(closure, one.small.parties.elsewhere.id, depsOf(one))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await takeClosure(closure, dataUser, depsOf(one))).toBe(1);
    expect(await takeClosure(closure, dataUser, depsOf(one))).toBe(0);
    expect(await statusOf(one)).toMatchObject({ status: 'COMPLETED', seq: 2 });
    expect(await one.grant()).toBe('NOT_IN_FORCE');
  });
});

describe('a duty', () => {
  it('is reminded of when it is owed and when it is overdue, each once, also over restarts', async () => {
    const one = await openCase(records, withTerms([], [deletion]));
    const { small, house } = one;
    await answerTask(await small.sign(small.task(await small.ask())), house, new AbortController().signal);
    expect([await lookOnce(one), await lookOnce(one)]).toEqual([['duty-owed'], []]);
    small.now = addDuration(small.now, 'P31D');
    expect([await lookOnce(one), await lookOnce(one)]).toEqual([['duty-overdue'], []]);
  });
});
