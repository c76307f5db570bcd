/** Withdrawals in the broker's records: the first statement of a holder about a submission stays. */
import { CompactJws } from '@revier/schema';
import type { Records } from '@revier/service-kit';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import type { Withdrawals } from '../ports.ts';

export function withdrawalStore(records: Records): Withdrawals {
  const db = records.db<BrokerTables>().withSchema(SCHEMA);
  return {
    async put({ iss, releases }, statement) {
      const submissions = [...new Set(releases.map(({ submission }) => submission))];
      await db
        .insertInto('withdrawals')
        .values(submissions.map((submission_id) => ({ submission_id, holder: iss, statement })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async of(submission) {
      const rows = await db
        .selectFrom('withdrawals')
        .select('statement')
        .where('submission_id', '=', submission)
        .orderBy('holder')
        .execute();
      return rows.map(({ statement }) => CompactJws.parse(statement));
    },
  };
}
