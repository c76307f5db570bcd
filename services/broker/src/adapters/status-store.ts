/** Status statements in the broker's records: all of them, since the highest number wins and what is over stays over. */
import { canonicalText, contentHash, lifeOf } from '@revier/core';
import { CompactJws, StatusStatement } from '@revier/schema';
import { appendEntry, lockLog, type Records } from '@revier/service-kit';
import type { Kysely } from 'kysely';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import { statusEntry } from '../log-entries.ts';
import type { AgreementStand, Statuses } from '../status-ports.ts';
import { logOf } from './records-log.ts';

type Told = Parameters<Statuses['put']>[0][number];

export function statusStore(records: Records): Statuses {
  const root = records.db<BrokerTables>();
  const db = root.withSchema(SCHEMA);
  return {
    put: (stated, at) =>
      root.transaction().execute(async (transaction) => {
        const within = transaction.withSchema(SCHEMA);
        await lockLog(logOf(within));
        for (const one of stated)
          if (await isNew(within, one)) await appendEntry(logOf(within), statusEntry(one.statement), new Date(at));
      }),
    async of(agreements) {
      if (agreements.length === 0) return [];
      const rows = await db
        .selectFrom('statuses')
        .select(['agreement', 'holder', 'content', 'statement'])
        .where('agreement', 'in', [...new Set(agreements)])
        .execute();
      return [...Map.groupBy(rows, ({ agreement, holder }) => `${agreement} ${holder}`).values()].flatMap((own) => {
        const told = own.map((row) => ({
          statement: StatusStatement.parse(JSON.parse(row.content)),
          jws: row.statement,
        }));
        return standIn(told) ?? [];
      });
    },
  };
}

/** @param own by one holder about one agreement */
function standIn(
  own: readonly { readonly statement: StatusStatement; readonly jws: string }[],
): AgreementStand | undefined {
  const [first] = own;
  if (first === undefined) return undefined;
  const { agreement, by: holder } = first.statement;
  const life = lifeOf(
    agreement,
    own.map(({ statement }) => statement),
  );
  const decides = own.find(({ statement: { seq, status } }) => seq === life.seq && status === life.status) ?? first;
  return { agreement, holder, life, reason: decides.statement.reason ?? null, jws: CompactJws.parse(decides.jws) };
}

async function isNew(db: Kysely<BrokerTables>, { statement, jws }: Told): Promise<boolean> {
  const row = { agreement: statement.agreement, holder: statement.by, hash: contentHash(statement) };
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('statuses')
    .values({ ...row, content: canonicalText(statement), statement: jws })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}
