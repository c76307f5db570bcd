/** History, patterns, book and accounts over real records, embedded and server: the contracts that the fakes of tests are held to as well. */
import type { Records } from '@revier/service-kit';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeAccounts } from './testing/accounts.case.ts';
import { openCase } from './testing/accounts-at-work.case.ts';
import type { OpenHouse } from './testing/at-work.case.ts';
import { describeBook } from './testing/book.case.ts';
import { engines } from './testing/engines.case.ts';
import { describeHistory } from './testing/history.case.ts';
import { describePatterns } from './testing/patterns.case.ts';

describe.each(await engines())('over %s', (_, opened) => {
  let records: Records;
  beforeAll(async () => {
    records = await opened();
  });
  afterAll(() => records?.close());
  const overRecords: OpenHouse = ({ change, floor } = {}) => openCase(records, change, floor);

  describe('the history', () => describeHistory(overRecords));
  describe('the patterns', () => describePatterns(overRecords));
  describe('the book', () => describeBook(overRecords));
  describe('the accounts', () => describeAccounts(overRecords));
});
