/** Embedded records start and answer; all else is in the integration tests. */
import { expect, it } from 'vitest';
import { openRecords } from './open-records.ts';

it('opens records in memory that can be asked', async () => {
  const records = await openRecords({ memory: true });
  try {
    const { rows } = await records.pool.query('select 6 * 7 as answer');
    expect([records.kind, rows]).toEqual(['pglite', [{ answer: 42 }]]);
  } finally {
    await records.close();
  }
}, 30_000);
