/** Record keys: one for each record, once, all or none. */
import { AppError } from '@revier/schema';
import { startPostgres } from '@revier/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleModel } from '../columnar/sample.case.ts';
import { type ApprovedViewPlan, epochPath, keysPath } from './approved-view.ts';
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
  const stored = async () => (await run(url, `select epoch from ${epochPath(plan)}`)).rows;
  const faultOf = async (filling: Promise<unknown>): Promise<string> => {
    const error = await filling.catch((fault: unknown) => fault);
    if (!(error instanceof AppError) || error.code !== 'VIEW_UNFIT') throw error;
    return (error.options.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`).join();
  };
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
    expect((await fill()).filled).toBe(24_999);
    expect((await fill()).filled).toBe(0);
    await addStays(25_001, 25_010);
    expect((await fill()).filled).toBe(10);
    const made = await keys();
    expect(made).toHaveLength(25_009);
    expect(made.every(([record, key]) => key === recordKey(record))).toBe(true);
  });

  it('are not made where two usable rows have one record, or a row has none', async () => {
    await addStays(1, 3);
    await addStays(3, 3);
    expect((await fill()).filled).toBe(2);
    const epoch = await stored();
    await addStays(1, 1);
    expect(await faultOf(fill())).toBe('/view/stayId There are records with the same identifier.');
    await run(url, `update ${plan.source} set "stayId" = null`);
    expect(await faultOf(fill())).toBe('/view/stayId There are records without an identifier.');
    expect(await keys()).toHaveLength(2);
    expect(await stored()).toEqual(epoch);
  });

  it('are all made or none: a key that is no unsigned 32-bit number ends it', async () => {
    await addStays(1, 12_000);
    const faulty = (id: string): number => (id === 's11000' ? 2 ** 32 : recordKey(id));
    await expect(fill(faulty)).rejects.toMatchObject({ code: 'INTERNAL' });
    expect([await keys(), await stored()]).toEqual([[], []]);
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
    const { filled, epoch } = await fillRecordKeys({ ...plan, model, connectionString: url, recordKey });
    expect(filled).toBe(0);
    expect(await stored()).toEqual([{ epoch }]);
  });
});
