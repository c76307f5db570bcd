/** Record keys: one for each record, once, all or none. */
import { startPostgres } from '@revier/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleModel } from '../columnar/sample.case.ts';
import { type ApprovedViewPlan, keysPath } from './approved-view.ts';
import { fillRecordKeys } from './fill-record-keys.ts';
import { run, setUp, tearDown, urlOf } from './given.case.ts';

const server = await startPostgres();
const url = server?.url ?? '';
afterAll(() => server?.stop());
const recordKey = (id: string): number => (2 ** 32 - 1 - Number(id.slice(1))) >>> 0;

let plan: ApprovedViewPlan;

describe.skipIf(server === undefined)('record keys', () => {
  const fill = (key = recordKey, connectionString = url) =>
    fillRecordKeys({ ...plan, connectionString, recordKey: key });
  const addStays = (from: number, to: number): Promise<unknown> =>
    run(
      url,
      `insert into ${plan.source} ("stayId", "personId", area, sex, beds, usable)
       select 's' || i, 'p', '05911', 'M', 1, i <> 3 from generate_series(${from}, ${to}) as i`,
    );
  const keys = async (): Promise<[string, number][]> =>
    (await run(url, `select record, record_key from ${keysPath(plan)}`)).rows.map((row) => [
      row.record,
      Number(row.record_key),
    ]);

  beforeEach(async () => {
    plan = await setUp(url, { model: sampleModel, rows: [] });
  });
  afterEach(() => tearDown(url, plan));

  it('are made for every usable record, in batches, and the next time for new ones only', async () => {
    await addStays(1, 25_000);
    expect(await fill()).toBe(24_999);
    expect(await fill()).toBe(0);
    await addStays(25_001, 25_010);
    expect(await fill()).toBe(10);
    const made = await keys();
    expect(made).toHaveLength(25_009);
    expect(made.every(([record, key]) => key === recordKey(record))).toBe(true);
  });

  it('are one for rows of one record, and none for a row that has no record', async () => {
    await addStays(1, 2);
    await addStays(1, 1);
    await run(url, `insert into ${plan.source} (area, usable) values ('05911', true)`);
    expect(await fill()).toBe(2);
  });

  it('are all made or none: a key that is no unsigned 32-bit number ends it', async () => {
    await addStays(1, 12_000);
    const faulty = (id: string): number => (id === 's11000' ? 2 ** 32 : recordKey(id));
    await expect(fill(faulty)).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await keys()).toEqual([]);
  });

  it('are not for the reading role to make', async () => {
    await addStays(1, 2);
    const failed = await fill(recordKey, urlOf(url, plan.role)).catch((error) => error);
    expect(failed).toMatchObject({ code: 'DATA_UNREADABLE', message: 'The record keys could not be written.' });
    expect(failed.cause).toBeUndefined();
    expect(await keys()).toEqual([]);
  });

  it('are not needed for aggregated data', async () => {
    const model = { ...sampleModel, record: null };
    expect(await fillRecordKeys({ ...plan, model, connectionString: url, recordKey })).toBe(0);
  });
});
