/** What is said again, what is said anew, and what is not said: over data epochs, and over all tables of a dataset. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answering } from '../testing/epochs.ts';
import { keyOf, type TestRecord } from '../testing/microdata.ts';

const K = 10;

/** `many` persons with a record each; persons are told apart by number. */
const people = (first: number, many: number, codes: readonly number[]): TestRecord[] =>
  Array.from({ length: many }, (_, i) => ({
    ...{ person: first + i, codes, signature: 1, recordKey: keyOf(first + i) },
  }));

const districts = { by: [0] };
const base = [
  ...people(0, 40, [0, 0]),
  ...people(1000, 40, [0, 1]),
  ...people(2000, 30, [1, 0]),
  ...people(3000, 4, [1, 1]),
];
const sizes = [2, 2];

describe('the same table in a new data epoch', () => {
  it.each([
    ['nobody', []],
    ['one', people(9000, 1, [0, 0])],
    ['k - 1', people(9000, K - 1, [0, 0])],
  ])('says the same, whether or not %s has joined, with noise and without', (_, joined) => {
    for (const rules of [{}, null]) {
      const register = answering({ sizes, rules });
      const before = register.ask(districts, base, 'first');
      expect(register.ask(districts, [...base, ...joined], 'second')).toEqual(before);
    }
  });

  it('says something new where 3 k have joined, and the same beside it', () => {
    for (const rules of [{}, null]) {
      const register = answering({ sizes, rules });
      const [before] = register.ask(districts, base, 'first');
      const [after] = register.ask(districts, [...base, ...people(9000, 3 * K, [0, 0])], 'second');
      expect(Number(after?.get('0'))).toBeGreaterThan(Number(before?.get('0')) + K);
      expect(after?.get('1')).toBe(before?.get('1'));
    }
  });

  it('says the same in every place, also where two of them are one cell and one of these is withheld', () => {
    // With the noise of six persons that the second count shows in its total, and nowhere else.
    const records = [...people(0, 4, [0, 0]), ...people(4, 2, [0, 1]), ...people(6, 2, [0, 0])];
    const asked = { by: [0, 1], margins: true, counts: [{}, { 1: [0] }] };
    const register = answering({ sizes });
    const before = register.ask(asked, records, 'first');
    expect([before[1]?.get('* *'), before[1]?.get('* 0')]).toEqual([expect.any(Number), null]);
    expect(register.ask(asked, records, 'second')).toEqual(before);
  });

  it('goes on withholding what was withheld, until it is another set', () => {
    for (const rules of [{}, null]) {
      const register = answering({ sizes, rules });
      const four = people(0, 4, [0, 0]);
      expect(register.ask(districts, four, 'first')[0]?.get('0')).toBeNull();
      expect(register.ask(districts, [...four, ...people(9000, K - 1, [0, 0])], 'second')[0]?.get('0')).toBeNull();
      expect(register.ask(districts, [...four, ...people(9000, 4 * K, [0, 0])], 'third')[0]?.get('0')).not.toBeNull();
    }
  });

  it('honours objections that are many, and shows nobody those that are few', () => {
    const register = answering({ sizes });
    const before = register.ask(districts, base, 'first');
    expect(register.ask(districts, base.slice(1), 'second')).toEqual(before);
    const [after] = register.ask(districts, base.slice(3 * K), 'third');
    expect(Number(after?.get('0'))).toBeLessThan(Number(before[0]?.get('0')) - K);
  });

  it('compares with all that was ever said: who comes and goes again is not seen', () => {
    const register = answering({ sizes });
    const [first] = register.ask(districts, base, 'first');
    const [second] = register.ask(districts, [...base, ...people(9000, 3 * K, [0, 0])], 'second');
    const [third] = register.ask(districts, [...base, ...people(9100, 1, [0, 0])], 'third');
    expect(second?.get('0')).not.toBe(first?.get('0'));
    // One more than the first time: a figure for that set would be beside the first one.
    expect(third).toEqual(second);
  });
});

describe('exact counts', () => {
  const crossed = { by: [0, 1], margins: true };

  it('of a table with totals stay for good: the change of one follows from the others', () => {
    const register = answering({ sizes, rules: null });
    const before = register.ask(crossed, base, 'first');
    const joined = [...people(9000, 5 * K, [0, 0]), ...people(9500, 5 * K, [1, 0])];
    expect(register.ask(crossed, [...base, ...joined], 'second')).toEqual(before);
  });

  it('of a table with several counts stay for good as well', () => {
    const nested = { by: [0], counts: [{}, { 1: [0] }] };
    const register = answering({ sizes, rules: null });
    const before = register.ask(nested, base, 'first');
    expect(register.ask(nested, [...base, ...people(9000, 5 * K, [0, 0])], 'second')).toEqual(before);
  });
});

describe('exact counts of tables about the same records', () => {
  const byColumn = { by: [1] };
  const ofFirst = { by: [1], counts: [{ 0: [0] }] };
  const ofSecond = { by: [1], counts: [{ 0: [1] }] };
  const more = [...base, ...people(9000, 5 * K, [0, 0])];

  it('are not said in a later epoch than the first of them: both would be subtracted', () => {
    const register = answering({ sizes, rules: null });
    register.ask(districts, base, 'first');
    expect([...(register.ask(byColumn, more, 'second')[0]?.values() ?? [])]).toEqual([null, null]);
    expect(answering({ sizes, rules: null }).ask(byColumn, more, 'second')[0]?.get('0')).not.toBeNull();
  });

  it('stay as they are once there are two of them', () => {
    const register = answering({ sizes, rules: null });
    const before = [districts, byColumn].map((asked) => register.ask(asked, base, 'first'));
    expect([districts, byColumn].map((asked) => register.ask(asked, more, 'second'))).toEqual(before);
  });

  it('are free where no record can be in both', () => {
    const register = answering({ sizes, rules: null });
    register.ask(ofFirst, base, 'first');
    expect(register.ask(ofSecond, more, 'second')).toEqual(
      answering({ sizes, rules: null }).ask(ofSecond, more, 'second'),
    );
  });
});

describe('another table of the dataset, under whatever agreement', () => {
  it('says of the same cell what was said in the first', () => {
    const register = answering({ sizes });
    const [first] = register.ask(districts, base, 'first');
    const [crossed] = register.ask({ by: [0, 1], margins: true }, [...base, ...people(9000, 1, [0, 0])], 'second');
    expect([crossed?.get('0 *'), crossed?.get('1 *')]).toEqual([first?.get('0'), first?.get('1')]);
  });

  it('does not say what lies so near to a figure that was said that they could be subtracted', () => {
    const register = answering({ sizes });
    const records = [...people(0, 40, [0, 0]), ...people(1000, 2, [0, 1])];
    expect(register.ask(districts, records, 'first')[0]?.get('0')).not.toBeNull();
    // All but two: in a table by itself it would be said.
    const part = { by: [0], counts: [{ 1: [0] }] };
    expect(register.ask(part, records, 'first')[0]?.get('0')).toBeNull();
    expect(answering({ sizes }).ask(part, records, 'first')[0]?.get('0')).not.toBeNull();
  });

  it('nor the wider one, where the narrow one was said first', () => {
    const register = answering({ sizes });
    const records = [...people(0, 40, [0, 0]), ...people(1000, 2, [0, 1])];
    expect(register.ask({ by: [0], counts: [{ 1: [0] }] }, records, 'first')[0]?.get('0')).not.toBeNull();
    expect(register.ask(districts, records, 'first')[0]?.get('0')).toBeNull();
  });

  it('is said where the two figures themselves are k apart, and so tells nothing else by being said', () => {
    const part = { by: [0], counts: [{ 1: [0] }] };
    const alone = (asked: typeof part | typeof districts, records: readonly TestRecord[]) =>
      answering({ sizes }).ask(asked, records, 'first')[0]?.get('0') ?? null;
    const outcomes = new Set<boolean>();
    for (let trial = 0; trial < 200; trial++) {
      const between = people(5000 * trial + 1000, 5 + (trial % 15), [0, 1]);
      const records = [...people(5000 * trial, 30, [0, 0]), ...between];
      const [narrow, wide] = [alone(part, records), alone(districts, records)];
      const register = answering({ sizes });
      register.ask(districts, records, 'first');
      const said = register.ask(part, records, 'second')[0]?.get('0') ?? null;
      const isApart = Math.abs(Number(wide) - Number(narrow)) >= K;
      outcomes.add(isApart);
      expect(said).toBe(isApart ? narrow : null);
    }
    expect(outcomes.size).toBe(2);
  });

  it('hardly tells nobody from one between, where small figures are shown', () => {
    const part = { by: [0], counts: [{ 1: [0] }] };
    const said = (between: number): number => {
      let times = 0;
      for (let trial = 0; trial < 400; trial++) {
        const register = answering({ sizes, rules: { belowK: 'show-perturbed' } });
        const records = [...people(5000 * trial, 30, [0, 0]), ...people(5000 * trial + 1000, between, [0, 1])];
        register.ask(districts, records, 'first');
        if (register.ask(part, records, 'first')[0]?.get('0') !== null) times++;
      }
      return times / 400;
    };
    expect(said(0)).toBe(0);
    // Half of it is what a guess gains.
    expect(said(1)).toBeLessThanOrEqual(0.2);
  });

  it('is free where it has nothing to do with it', () => {
    const register = answering({ sizes });
    register.ask({ by: [0], counts: [{ 1: [0] }] }, base, 'first');
    const other = { by: [0], counts: [{ 1: [1] }] };
    expect(register.ask(other, base, 'first')).toEqual(answering({ sizes }).ask(other, base, 'first'));
  });
});

describe('laws', () => {
  const some = fc.array(fc.tuple(fc.nat(1), fc.nat(1)), { maxLength: 120 });
  const recordsOf = (codes: readonly (readonly [number, number])[], first: number) =>
    codes.flatMap((own, i) => people(first + i, 1, own));

  it('fewer than k changes anywhere change no byte, whoever they are', () => {
    fc.assert(
      fc.property(
        some,
        fc.array(fc.tuple(fc.nat(1), fc.nat(1)), { maxLength: K - 1 }),
        fc.boolean(),
        (codes, joined, exact) => {
          const register = answering({ sizes, rules: exact ? null : {} });
          const asked = { by: [0, 1], margins: true, counts: [{}, { 1: [0] }] };
          const records = recordsOf(codes, 0);
          const before = register.ask(asked, records, 'first');
          expect(register.ask(asked, [...records, ...recordsOf(joined, 5000)], 'second')).toEqual(before);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('what is new differs from everything that was said of the cell by k at least', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 2, maxLength: 12 }), fc.boolean(), (sizesOver, exact) => {
        const register = answering({ sizes: [1], rules: exact ? null : {} });
        const said: number[] = [];
        sizesOver.forEach((size, epoch) => {
          register.ask({ by: [0] }, people(0, size, [0]), `epoch ${epoch}`);
          if (register.past.at(-1)?.basis.sets[0]?.fresh[0] !== 1) return;
          expect(said.every((other) => Math.abs(other - size) >= K)).toBe(true);
          said.push(size);
        });
      }),
      { numRuns: 60 },
    );
  });
});
