/** Agreements in the node's records: what was admitted, and which of it is in force. */
import { canonicalText } from '@revier/core';
import type { Agreements } from '../ports.ts';
import type { NodeDb } from './node-db.ts';

export const recordsAgreements = ({ db, transaction }: NodeDb): Agreements => ({
  replaceAll: (agreements) =>
    transaction(async (trx) => {
      await trx.updateTable('agreement').set({ in_force: false }).execute();
      for (const { hash, agreement, signed } of agreements)
        await trx
          .insertInto('agreement')
          .values({
            hash,
            register: agreement['rv:register'],
            dataset: agreement.target,
            version: agreement['rv:version'],
            content: canonicalText(agreement),
            signed: JSON.stringify(signed),
            in_force: true,
          })
          .onConflict((conflict) => conflict.column('hash').doUpdateSet({ in_force: true }))
          .execute();
    }),
  async find(register, dataset) {
    const row = await db
      .selectFrom('agreement')
      .select(['hash', 'content'])
      .where('register', '=', register)
      .where('dataset', '=', dataset)
      .where('in_force', '=', true)
      .where('hash', 'not in', db.selectFrom('revoked_agreement').select('hash'))
      .orderBy('version', 'desc')
      .orderBy('hash')
      .limit(1)
      .executeTakeFirst();
    const agreement: unknown = row && JSON.parse(row.content);
    return row && { hash: row.hash, agreement };
  },
});
