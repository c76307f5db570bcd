/** The statements that a holder reviews, written down so that a change of them is read in the diff. */
import { describe, expect, it } from 'vitest';
import { sampleModel } from '../columnar/sample.case.ts';
import { type ApprovedViewPlan, approvedViewSql } from './approved-view.ts';

const plan: ApprovedViewPlan = {
  model: sampleModel,
  schema: 'revier',
  view: 'stays',
  source: 'hospital.stays',
  columns: { stayId: 'Fall Nr', area: 'say "area"' },
  usable: 'released',
  role: 'revier_reader',
};

describe('the statements of an approved view', () => {
  it('are the reviewed ones', () => expect(approvedViewSql(plan)).toMatchFileSnapshot('./snapshots/approved-view.sql'));

  it('are the reviewed ones for aggregated data, which have no record', () => {
    const variables = sampleModel.variables.filter(({ role }) => role !== 'identifier');
    const model = { ...sampleModel, record: null, person: null, variables };
    return expect(approvedViewSql({ ...plan, model })).toMatchFileSnapshot('./snapshots/approved-view-aggregated.sql');
  });

  it.each(['', 'a b', 'a"b', 'a;b', '1a', 'a.b.c', 'ä', '$1'])('are not made of %j as a name', (name) => {
    for (const part of ['schema', 'view', 'source', 'role'] as const)
      expect(() => approvedViewSql({ ...plan, [part]: name }), part).toThrow(/unfit/);
  });
});
