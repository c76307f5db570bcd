/** A holder's PostgreSQL under the contract of every data source, and side by side with the columnar store. */
import { startPostgres } from '@revier/testkit';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { columnarOver } from '../columnar/given.case.ts';
import { codes, model, recordKey, rowsWithIds, table } from '../data-source.any.case.ts';
import { describeDataSource } from '../data-source.case.ts';
import { postgresOver } from './given.case.ts';

const server = await startPostgres();
afterAll(() => server?.stop());

describe.skipIf(server === undefined)('in PostgreSQL', () => {
  const open = postgresOver(server?.url ?? '');
  describeDataSource('postgres', open);

  it('gives the bytes that the columnar store gives, of any tables over any rows', async () => {
    const tables = fc.array(table, { minLength: 1, maxLength: 12 });
    const law = fc.asyncProperty(rowsWithIds, tables, async (rows, asked) => {
      const given = { model, codes, rows, recordKey };
      const [postgres, columnar] = [await open(given), await columnarOver(given)];
      for (const each of asked) {
        const answers = [postgres, columnar].map((source) => source.aggregate(each, { timeoutMs: 60_000 }));
        const [one, other] = await Promise.all(answers);
        expect(one).toStrictEqual(other);
      }
      await Promise.all([postgres.close(), columnar.close()]);
    });
    await fc.assert(law, { numRuns: 30 });
  }, 120_000);
});
