/** Status statements in the broker's records: all of them, since the highest number wins and what is over stays over. */
import { canonicalText, contentHash, lifeOf } from '@revier/core';
import { ParticipantId, Sha256, StatusStatement } from '@revier/schema';
import type { Records } from '@revier/service-kit';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import type { Statuses } from '../status-ports.ts';

export function statusStore(records: Records): Statuses {
  const db = records.db<BrokerTables>().withSchema(SCHEMA);
  return {
    async put(stated) {
      const rows = stated.map(({ statement, jws }) => ({
        ...{ agreement: statement.agreement, holder: statement.by, hash: contentHash(statement) },
        ...{ content: canonicalText(statement), statement: jws },
      }));
      await db
        .insertInto('statuses')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
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
