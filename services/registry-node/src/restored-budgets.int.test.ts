/** Budgets after a restore: made good by the node's own list, and otherwise taken as spent; what is over in time comes back with time. */
import { addDuration } from '@revier/core';
import { openRecords, type Records } from '@revier/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordsRestore } from './adapters/records-restore.ts';
import type { ToReconcile } from './restore-ports.ts';
import { type Case, openCase } from './testing/accounts-at-work.case.ts';
import { limit, withTerms } from './testing/agreement.case.ts';

let records: Records;
beforeAll(async () => {
  records = await openRecords({ memory: true });
});
afterAll(() => records?.close());

const restoresOf = ({ node, small }: Case) => recordsRestore(node, () => small.now);

/** Back to a backup in which nothing was charged yet, and reconciled. */
async function restored(one: Case, charges: ToReconcile['charges']) {
  await one.node.db.deleteFrom('charge').execute();
  return restoresOf(one).reconcile({
    ...{ charges, revoked: [], coverage: [], sealed: [] },
    audit: { decision: 'reconciled', codes: [], facts: {}, person: null },
  });
}

describe('after a restore', () => {
  it('what the list says was spent is spent, once however often it is reconciled', async () => {
    const one = await openCase(records, withTerms([limit('rv:budgetCells', '6')]));
    expect([await one.grant(), await one.grant()]).toEqual(['granted', 'granted']);
    const list = await restoresOf(one).charges();
    expect(list).toEqual([{ lineage: one.small.agreement.hash, cells: 4, questions: 2 }]);
    expect(await restored(one, list)).toEqual({ charged: 1, exhausted: 0 });
    expect(await one.spent()).toEqual({ cells: 4, questions: 2 });
    expect(await restored(one, list)).toEqual({ charged: 0, exhausted: 0 });
    expect(await restoresOf(one).charges()).toEqual(list);
    expect([await one.grant(), await one.grant()]).toEqual(['granted', 'BUDGET']);
  });

  it('only what is missing is added to what the backup knows', async () => {
    const one = await openCase(records, withTerms([limit('rv:budgetCells', '4')]));
    expect(await one.grant()).toBe('granted');
    const { hash: lineage } = one.small.agreement;
    await restoresOf(one).reconcile({
      ...{ charges: [{ lineage, cells: 4, questions: 2 }], revoked: [], coverage: [], sealed: [] },
      audit: { decision: 'reconciled', codes: [], facts: {}, person: null },
    });
    expect(await one.spent()).toEqual({ cells: 4, questions: 2 });
    expect(await one.grant()).toBe('BUDGET');
  });

  it('nothing is left of a budget where nobody can tell, and a count within days opens again with time', async () => {
    const budget = await openCase(records, withTerms([limit('rv:budgetCells', '999999')]));
    expect(await restored(budget, null)).toEqual({ charged: 0, exhausted: 1 });
    expect(await budget.grant()).toBe('BUDGET');
    const weekly = await openCase(records, withTerms([limit('odrl:count', '5', 'P7D')]));
    await restored(weekly, null);
    expect(await weekly.grant()).toBe('QUOTA');
    weekly.small.now = addDuration(weekly.small.now, 'P8D');
    const stored = await weekly.agreements.find(weekly.small.agreement.hash);
    if (stored === undefined) throw new Error('no agreement');
    expect((await weekly.accounts.spentUnder(stored, weekly.small.now)).within).toEqual({ P7D: 0 });
  });

  it('an agreement without limits is asked under as before', async () => {
    const one = await openCase(records, (agreement) => agreement);
    await restored(one, null);
    expect(await one.grant()).toBe('granted');
  });
});
