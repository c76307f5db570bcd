/** Sums over dense columns: what `add` says of one figure after the other, for any words in any cells of any holder. */
import { type CellStatus, cellStatuses, type ReleaseBody, TOTAL } from '@revier/schema';
import { smallVocabulary } from '@revier/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planQuestion } from '../query/plan-question.ts';
import { canonicalQuestion } from '../query/question.ts';
import { add, type Figure, figuresOf } from './figures.ts';
import { gridOf } from './grid.ts';

const vocabulary = smallVocabulary();
const plan = planQuestion(
  canonicalQuestion({
    register: 'urn:revier:register:rehab-small',
    purpose: 'ehds:ImproveHealthcare',
    aggregates: { stays: { model: 'rehab-episode/1', count: 'episodes' } },
    by: [{ variable: 'sex' }, { variable: 'age', level: 'band14' }],
    margins: true,
  }),
  vocabulary,
);
const grid = gridOf(plan);
const [measure] = plan.measures;

interface Row {
  readonly cell: number;
  readonly status: CellStatus;
  readonly value: number;
}

/** Each cell once, in any order; keys as on the wire. */
const rows = fc.uniqueArray(
  fc.record({
    cell: fc.nat({ max: grid.size - 1 }),
    status: fc.constantFrom(...cellStatuses),
    value: fc.integer({ min: 1, max: 1_000_000 }),
  }),
  { selector: ({ cell }) => cell, maxLength: grid.size },
);

function bodyOf(given: readonly Row[], at: number): ReleaseBody {
  const task = plan.tasks[at];
  if (task === undefined) throw new Error('There are two clinics.');
  const place = (variable: string) => plan.dimensions.findIndex(({ name }) => name === variable);
  const keyOf = (cell: number, dimension: number): number => {
    const number = grid.numbersOf(cell)[dimension] ?? 0;
    return number === grid.total(dimension) ? TOTAL : number;
  };
  return {
    format: 'revier-release/1',
    table: task.tableHash,
    keys: task.table.by.map(({ variable }) => Uint32Array.from(given, ({ cell }) => keyOf(cell, place(variable)))),
    measures: [
      {
        kind: 'count',
        status: Uint8Array.from(given, ({ status }) => cellStatuses.indexOf(status)),
        value: Float64Array.from(given, ({ status, value }) => (status === 'value' ? value : Number.NaN)),
      },
    ],
  };
}

const figureOf = ({ status, value }: Row): Figure => {
  if (status === 'value') return { status, value };
  if (status === 'zero') return { status, value: 0 };
  return { status: status === 'unreliable' ? 'withheld' : status };
};

/** Two holders, of whom the second may have the very cells of the first. */
const pairs = fc.oneof(
  fc.tuple(rows, rows),
  rows.map((own) => [own, own.map((row) => ({ ...row, value: row.value + 1 }))] as const),
);

it('are the sums of figures, one after the other', () => {
  fc.assert(
    fc.property(pairs, ([one, two]) => {
      const expected = new Map<number, Figure>();
      for (const row of [...one, ...two]) expected.set(row.cell, add(expected.get(row.cell), figureOf(row)));
      const parts = plan.tasks.map((task, at) => ({ task, body: bodyOf(at === 0 ? one : two, at) }));
      if (measure?.kind !== 'aggregate') throw new Error('The question has one aggregate.');
      const merged = figuresOf({ plan, vocabulary, parts, absent: new Map() }, grid, measure.aggregate, null);
      expect(new Map([...merged].sort())).toEqual(new Map([...expected].sort()));
    }),
  );
});
