/** Budgets, counts and duties over real records, embedded and server: charged exactly once, whoever asks at the same time. */
import { randomUUID } from 'node:crypto';
import { addDuration } from '@revier/core';
import type { Agreement, Constraint, Duty, Sha256 } from '@revier/schema';
import { migrate, openRecords, type Records } from '@revier/service-kit';
import { startPostgres } from '@revier/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agreementReader } from './adapters/agreement-reader.ts';
import { nodeDb } from './adapters/node-db.ts';
import { recordsAccounts } from './adapters/records-accounts.ts';
import { recordsAgreements } from './adapters/records-agreements.ts';
import { recordsBook } from './adapters/records-book.ts';
import { nodeMigrations } from './db/migrations.ts';
import type { Accounts, Agreements } from './policy-ports.ts';
import { verifySubmission, verifyTask } from './rooms/gate.ts';
import { grant } from './rooms/guard.ts';
import { Refusal } from './rooms/refusal.ts';
import { type Signed, signAgreement } from './testing/agreement.case.ts';
import { question, type SmallHouse, smallHouse } from './testing/house.case.ts';
import { answerTask, type House } from './use-cases/answer-task.ts';
import { concludeAgreement } from './use-cases/conclude-agreement.ts';
import { takeDutyReport } from './use-cases/take-duty.ts';

const server = await startPostgres();
let embedded: Records;
beforeAll(async () => {
  embedded = await openRecords({ memory: true });
});
afterAll(async () => {
  await embedded?.close();
  await server?.stop();
});

const signal = new AbortController().signal;
const limit = (leftOperand: 'rv:budgetCells' | 'odrl:count', rightOperand: string, per?: string): Constraint =>
  leftOperand === 'rv:budgetCells'
    ? { leftOperand, operator: 'lteq', rightOperand }
    : { leftOperand, operator: 'lteq', rightOperand, ...(per === undefined ? {} : { 'rv:per': per }) };

const withTerms =
  (constraints: readonly Constraint[], duty: readonly Duty[] = []) =>
  (agreement: Agreement): Agreement => ({
    ...agreement,
    permission: agreement.permission.map((rule) => ({
      ...rule,
      constraint: [...rule.constraint, ...constraints],
      ...(duty.length === 0 ? {} : { duty: [...duty] }),
    })),
  });

interface Case {
  readonly small: SmallHouse;
  readonly house: House;
  readonly agreements: Agreements;
  readonly accounts: Accounts;
  /** `granted`, or the codes of the refusal. */
  grant(agreement?: Sha256, task?: Awaited<ReturnType<SmallHouse['ask']>>): Promise<string>;
  spent(): Promise<{ cells: number; questions: number }>;
}

/** A question costs 2 cells: two cities. */
async function open(records: Records, change: (agreement: Agreement) => Agreement): Promise<Case> {
  const small = await smallHouse({ change });
  const schema = `node_accounts_${randomUUID().slice(0, 8)}`;
  await migrate(records.db(), nodeMigrations(schema));
  const [node, reader, now] = [nodeDb(records, schema), agreementReader(), () => small.now];
  const [agreements, accounts] = [recordsAgreements(node, now, reader), recordsAccounts(node, now, reader)];
  const house: House = { ...small.house, agreements, accounts, book: recordsBook(node, now, reader) };
  await concluded({ small, house, agreements }, small.agreement);
  return {
    small,
    house,
    agreements,
    accounts,
    async grant(agreement = small.agreement.hash, asked) {
      const task = small.task(asked ?? (await small.ask({ agreements: [agreement] })));
      const submission = await verifySubmission(task, small.queryOf(task), house.self);
      const verified = await verifyTask(task, submission, house, signal);
      const fault = await grant(verified, house).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (fault === undefined) return 'granted';
      if (fault instanceof Refusal) return fault.reasons.map(({ code }) => code).join(' ');
      throw fault;
    },
    async spent() {
      const stored = await agreements.find(small.agreement.hash);
      if (stored === undefined) throw new Error('no agreement');
      const { cells, questions } = await accounts.spentUnder(stored, small.now);
      return { cells, questions };
    },
  };
}

const concluded = (
  { house: { self, datasets }, agreements }: Pick<Case, 'small' | 'house' | 'agreements'>,
  { jws }: Signed,
) => concludeAgreement(jws, { author: null, approvals: [] }, { self, datasets, agreements, changed: () => undefined });

const engines: readonly [string, () => Promise<Records>][] = [
  ['the embedded database', async () => embedded],
  ...(server === undefined
    ? []
    : [['PostgreSQL', () => openRecords({ databaseUrl: server.url })] satisfies [string, () => Promise<Records>]]),
];

describe.each(engines)('over %s', (_, opened) => {
  let records: Records;
  beforeAll(async () => {
    records = await opened();
  });
  afterAll(async () => {
    if (records !== embedded) await records.close();
  });

  it('a budget is spent to its last cell, and not beyond', async () => {
    const one = await open(records, withTerms([limit('rv:budgetCells', '4')]));
    expect([await one.grant(), await one.grant(), await one.grant()]).toEqual(['granted', 'granted', 'BUDGET']);
    expect(await one.spent()).toEqual({ cells: 4, questions: 2 });
  });

  it('of many at the same time exactly as many are granted as the budget carries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 6 }), async (budget, asked) => {
        const one = await open(records, withTerms([limit('rv:budgetCells', String(budget))]));
        const outcomes = await Promise.all(Array.from({ length: asked }, () => one.grant()));
        const granted = outcomes.filter((outcome) => outcome === 'granted').length;
        expect(granted).toBe(Math.min(asked, Math.floor(budget / 2)));
        expect(await one.spent()).toEqual({ cells: granted * 2, questions: granted });
      }),
      { numRuns: 6 },
    );
  });

  it('a question that comes again after a crash is charged once, also at the same time', async () => {
    const one = await open(records, withTerms([limit('rv:budgetCells', '2')]));
    const asked = await one.small.ask({ agreements: [one.small.agreement.hash] });
    const again = () => one.grant(one.small.agreement.hash, asked);
    expect(await again()).toBe('granted');
    expect(await Promise.all([again(), again()])).toEqual(['granted', 'granted']);
    expect(await one.spent()).toEqual({ cells: 2, questions: 1 });
  });

  it('what is refused costs nothing, and a window of time opens again', async () => {
    const one = await open(records, withTerms([limit('odrl:count', '1', 'P7D')]));
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
    const one = await open(records, change);
    expect(await one.grant()).toBe('granted');
    const { small, house } = one;
    const [dataset = ''] = house.datasets.keys();
    const next = await signAgreement(small.parties, small.parties.holder('registry'), {
      ...{ vocabulary: small.vocabulary, dataset, questions: [question] },
      change: (agreement) => ({
        ...change(agreement),
        'rv:version': 2,
        'rv:replaces': small.agreement.hash,
      }),
    });
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
    expect(await (await open(records, withTerms([approval]))).grant()).toBe('APPROVAL');
  });

  it('a duty is triggered by the first release, stops new questions when overdue, and no more when it is done', async () => {
    const duty: Duty = {
      '@id': '#d1',
      action: 'rv:publish',
      constraint: [{ leftOperand: 'odrl:elapsedTime', operator: 'lteq', rightOperand: 'P1D' }],
    };
    const one = await open(records, withTerms([], [duty]));
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
});
