/** Status statements in the broker's records: all of them, since the highest number wins and what is over stays over. */
import { canonicalText, contentHash, lifeOf } from '@revier/core';
import { ParticipantId, Sha256, StatusStatement } from '@revier/schema';
import { appendEntry, lockLog, type Records } from '@revier/service-kit';
import type { Kysely } from 'kysely';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import { statusEntry } from '../log-entries.ts';
import type { Statuses } from '../status-ports.ts';
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
        .select(['agreement', 'holder', 'content'])
        .where('agreement', 'in', [...new Set(agreements)])
        .execute();
      return [...Map.groupBy(rows, ({ agreement, holder }) => `${agreement} ${holder}`).values()].flatMap((own) => {
        const [first] = own;
        if (first === undefined) return [];
        const statements = own.map(({ content }) => StatusStatement.parse(JSON.parse(content)));
        const agreement = Sha256.parse(first.agreement);
        const life = lifeOf(agreement, statements);
        const reason = statements.find(({ seq, status }) => seq === life.seq && status === life.status)?.reason ?? null;
        return [{ agreement, holder: ParticipantId.parse(first.holder), life, reason }];
      });
    },
  };
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
