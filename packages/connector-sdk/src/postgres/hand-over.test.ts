/** Codes beside the SQL, never in it. */
import { describe, expect, it } from 'vitest';
import { compileTable } from '../sql/compile-table.ts';
import { handOver } from './hand-over.ts';

const cases = { kind: 'count', identifier: null, where: [] } as const;

describe('handing over codes', () => {
  it('binds each list as it is, whatever a code says', () => {
    const hostile = ["'); drop table x; --", '{a,b}', 'NULL', '$1', '\\'];
    const { measures, lookups } = compileTable(
      {
        person: null,
        dimensions: [{ variable: 'area', pairs: [['a', 7]] }],
        margins: false,
        measures: [{ ...cases, where: [{ variable: 'sex', stored: hostile }] }],
      },
      { view: 'revier.stays' },
    );
    const statement = measures[0] ?? { sql: '' };
    const { text, values } = handOver(statement, lookups);
    expect(values).toEqual([['a'], [7], hostile, [0, 0, 0, 0, 0]]);
    expect(text).toBe(`with lookup (slot, stored, number) as not materialized (
  select 0, u.* from unnest($1::text[], $2::bigint[]) as u
  union all
  select 1, u.* from unnest($3::text[], $4::bigint[]) as u
),
${statement.sql.slice('with '.length)}`);
  });

  it('leaves a statement without codes as it is', () => {
    expect(handOver({ sql: 'with t as (select 1) select * from t' }, [])).toEqual({
      text: 'with t as (select 1) select * from t',
      values: [],
    });
  });
});
