/** A node over several imports: who joins or objects between two of them is not seen in figures, unless they are many. */
import type { Columns } from '@revier/connector-sdk';
import { cellStatuses, type DisclosureRules, type QuestionInput, type ReleaseBody } from '@revier/schema';
import { afterEach, describe, expect, it } from 'vitest';
import { countQuestion, type Federation, startFederation } from './testing/federation.case.ts';
import { type Reimporting, reimporting } from './testing/reimport.case.ts';

const K = 5;
let [federation, imports]: [Federation | undefined, Reimporting | undefined] = [undefined, undefined];
afterEach(async () => {
  await federation?.close();
  await imports?.close();
});

async function start(disclosure?: DisclosureRules) {
  federation = await startFederation(disclosure);
  imports = await reimporting(federation, 'registry');
  return { federation, imports };
}

/** Rows of lung cancer of women, by place. */
const lungOfWomen = (rows: Columns): number[] =>
  (rows.site ?? []).flatMap((site, row) => (site === 'C34' && rows.sex?.[row] === 'F' ? [row] : []));

/** `many` further persons, like the first of them. */
function withMore(many: number): (rows: Columns) => Columns {
  return (rows) => {
    const [model = 0] = lungOfWomen(rows);
    return Object.fromEntries(
      Object.entries(rows).map(([name, values]) => {
        const isId = name === 'personId' || name === 'caseId';
        const further = Array.from({ length: many }, (_, i) => (isId ? `further-${i}` : (values[model] ?? null)));
        return [name, [...values, ...further]];
      }),
    );
  };
}

/** The first of them object. */
function withoutFew(many: number): (rows: Columns) => Columns {
  return (rows) => {
    const gone = new Set(lungOfWomen(rows).slice(0, many));
    return { ...rows, usable: (rows.site ?? []).map((_, row) => (gone.has(row) ? 'no' : 'yes')) };
  };
}

async function ask(catalogue?: Federation['catalogue'], question: QuestionInput = countQuestion) {
  if (federation === undefined) throw new Error('no federation');
  const asked = await federation.ask(question, catalogue === undefined ? {} : { catalogue });
  return federation.released(await federation.give('registry', asked));
}

/** Of all cells together, shown ones alone. */
function shownOf({ measures: [counts] }: ReleaseBody): Map<number, number> {
  if (counts?.kind !== 'count') throw new Error('expected counts');
  return new Map(
    [...counts.status].flatMap((status, cell) =>
      cellStatuses[status] === 'value' ? [[cell, counts.value[cell] ?? 0] as const] : [],
    ),
  );
}

describe('an import with one more person', () => {
  it.each<[string, DisclosureRules | undefined]>([
    ['with cell keys', { method: 'cell-key', groupMax: 1 }],
    ['with suppression', undefined],
  ])('gives the very bytes of before, %s', async (_, disclosure) => {
    const { imports: again } = await start(disclosure);
    const before = await ask();
    const { epoch, catalogue } = await again.again(withMore(1));
    const after = await ask(catalogue);
    expect(after.header.epoch).toBe(epoch);
    expect(before.header.epoch).not.toBe(epoch);
    expect(after.bytes).toEqual(before.bytes);
  });
});

describe('objections', () => {
  it('of one change no figure that was said, and of many change those that they stand in', async () => {
    const { imports: again } = await start({ method: 'cell-key', groupMax: 1 });
    const before = await ask();
    const one = await again.again(withoutFew(1));
    expect((await ask(one.catalogue)).bytes).toEqual(before.bytes);
    const many = await again.again(withoutFew(4 * K));
    const [first, last] = [shownOf(before.body), shownOf((await ask(many.catalogue)).body)];
    const changed = [...first].filter(([cell, figure]) => last.get(cell) !== figure);
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.length).toBeLessThan(first.size);
    // Smaller, or so small that they are withheld.
    expect(changed.filter(([cell, figure]) => (last.get(cell) ?? 0) >= figure)).toEqual([]);
  });
});
