/** What is refused at the door: views that are not as agreed, roles that could see or do more. */
import { AppError } from '@revier/schema';
import { startPostgres } from '@revier/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleBatch, sampleModel } from '../columnar/sample.case.ts';
import { type ApprovedViewPlan, keysPath, viewPath } from './approved-view.ts';
import { fillRecordKeys } from './fill-record-keys.ts';
import { optionsOf, run, setUp, tearDown } from './given.case.ts';
import { openPostgres } from './open-postgres.ts';

const server = await startPostgres();
const url = server?.url ?? '';
afterAll(() => server?.stop());

const batch = sampleBatch(40);
const rows = Array.from({ length: 40 }, (_, row) => ({
  usable: true,
  values: Object.fromEntries(Object.entries(batch).map(([name, column]) => [name, column[row] ?? null])),
}));
const recordKey = (id: string): number => Number(id.slice(1)) * 7;

let plan: ApprovedViewPlan;

describe.skipIf(server === undefined)('at the door of a holder', () => {
  beforeEach(async () => {
    plan = await setUp(url, { model: sampleModel, rows });
    await fillRecordKeys({ ...plan, connectionString: url, recordKey });
  });
  afterEach(() => tearDown(url, plan));

  /** Where the faults lie and what they are; empty where the view opens. */
  const faults = async (): Promise<string[]> => {
    try {
      await (await openPostgres(optionsOf(url, plan))).close();
      return [];
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'VIEW_UNFIT') throw error;
      return (error.options.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`);
    }
  };
  /** Another view in place of the approved one. */
  const replaceView = (columns: string): Promise<unknown> =>
    run(
      url,
      `drop view ${viewPath(plan)}`,
      `create view ${viewPath(plan)} as select ${columns} from ${plan.source} as r left join ${keysPath(plan)} as k on k.record = r."stayId"::text collate "C"`,
      `grant select on ${viewPath(plan)} to ${plan.role}`,
    );
  const text = (name: string): string => `"${name}"::text collate "C" as "${name}"`;
  const good = [...['stayId', 'personId', 'area', 'sex'].map(text), 'beds', 'score', 'record_key'];
  const instead = (of: string, column: string): string =>
    [...good.filter((each) => each !== of && each !== text(of)), ...(column === '' ? [] : [column])].join(', ');

  it('the view that the printed statements make is let in, with its role', async () => {
    expect(await faults()).toEqual([]);
    await replaceView(good.join(', '));
    expect(await faults()).toEqual([]);
  });

  it.each([
    ['without record keys', 'record_key', '', '/view/record_key The view does not have this column.'],
    ['with keys as text', 'record_key', "''::text as record_key", '/view/record_key The column is none of int8.'],
    ['without a variable', 'sex', '', '/view/sex The view does not have this column.'],
    ['with a variable in lower case', 'personId', '"personId" as personid', '/view/personId'],
    ['with codes as numbers', 'area', 'area::bigint as area', '/view/area The column is none of text, varchar.'],
    ['with codes that are padded', 'sex', 'sex::char(3) as sex', '/view/sex'],
    ['that takes different codes for equal', 'area', 'area', '/view/area The collation'],
    ['that takes different persons for equal', 'personId', '"personId"', '/view/personId The collation'],
    ['with fractions', 'beds', '1.5 as beds', '/view/beds The column is none of int2, int4, int8.'],
    ['that shows more than the model', '', "'Erika' as name", '/view The view has a column that is no variable'],
  ])('a view %s is refused', async (_, of, column, fault) => {
    await replaceView(instead(of, column));
    expect((await faults()).filter((each) => each.startsWith(fault))).toHaveLength(1);
  });

  it('a view whose keys are missing or alike is refused', async () => {
    await run(url, `truncate ${keysPath(plan)}`);
    const refusal = ['/view/record_key Record keys are missing or alike: fill them first.'];
    expect(await faults()).toEqual(refusal);
    await fillRecordKeys({ ...plan, connectionString: url, recordKey: () => 0 });
    expect(await faults()).toEqual(refusal);
  });

  it('a table in place of the view, or nothing, is refused', async () => {
    for (const view of ['stays_keys', 'nothing']) {
      plan = { ...plan, view };
      expect(await faults()).toEqual(['/view There is no such view.']);
    }
  });

  const grants: [string, (plan: ApprovedViewPlan) => string, RegExp][] = [
    [
      'the source',
      ({ source, role }) => `grant select on ${source} to ${role}`,
      /^\/role The role may read holder_\w+\.stays\.$/,
    ],
    [
      'a column of it',
      ({ source, role }) => `grant select (area) on ${source} to ${role}`,
      /^\/role The role may read/,
    ],
    [
      'the keys',
      (of) => `grant select on ${keysPath(of)} to ${of.role}`,
      /^\/role The role may read \w+\.stays_keys\.$/,
    ],
    ['what all may read', ({ source }) => `grant select on ${source} to public`, /^\/role The role may read/],
    [
      'by way of the view: writing',
      (of) => `grant update on ${viewPath(of)} to ${of.role}`,
      /^\/role The role may change/,
    ],
    ['by deleting', ({ source, role }) => `grant delete on ${source} to ${role}`, /^\/role The role may change/],
    ['all tables', ({ role }) => `grant pg_read_all_data to ${role}`, /member of another role/],
    ['files', ({ role }) => `grant pg_read_server_files to ${role}`, /member of another role/],
    ['other roles', ({ role }) => `alter role ${role} createrole`, /attribute/],
    ['rows behind policies', ({ role }) => `alter role ${role} bypassrls`, /attribute/],
    ['anything', ({ role }) => `alter role ${role} superuser`, /attribute/],
  ];
  it.each(grants)('a role that has more is refused: %s', async (_, grant, fault) => {
    await run(url, grant(plan));
    expect((await faults()).join('\n')).toMatch(new RegExp(fault.source, 'm'));
  });

  it('a database that does not answer is named no further', async () => {
    const connectionString = 'postgres://reader:secret@127.0.0.1:1/nowhere';
    const failed = await openPostgres({ ...plan, connectionString }).catch((error) => error);
    expect(failed).toMatchObject({ code: 'DATA_UNREADABLE', message: 'The database does not answer.' });
    expect(failed.cause).toBeUndefined();
    expect(JSON.stringify([failed.message, failed.options])).not.toMatch(/secret|nowhere|127/);
  });
});
