/** A20: whether the noise that comes out has the law that is promised: lookups by the pure rules, and figures of the running nodes. */
import { randomBytes } from 'node:crypto';
import { chiSquareUpperTail, countNoise, makePtable, recordKeyer } from '@revier/core';
import { type Attack, sized } from '../attack.ts';
import { K, suppressing } from '../federation/people.ts';

const LEAST_P = 0.001;
const STATES = 2 ** 32;
const D = 5;

export const noiseLaw: Attack = {
  id: 'A20',
  title: 'the law of the noise, and of keys',
  needs: 'process',
  quick: false,
  async run({ scale, tables, federation }) {
    const made = makePtable({ D, V: 3, js: 2 });
    if (!made.isFeasible) throw new Error(made.reason);
    const { ptable } = made;
    const law = new Map((ptable.rows.at(-1)?.law ?? []).map(({ noise, probability }) => [noise, probability]));
    const draws = sized(scale, { quick: 20_000, normal: 100_000, full: 1_000_000 });
    const keyOf = recordKeyer(randomBytes(32), 'urn:revier:dataset:attacked');
    const keys = Float64Array.from({ length: draws }, (_, i) => keyOf(`record ${i}`));
    const looked = fit(
      [...keys].map((key) => countNoise(ptable, 400, key / STATES)),
      law,
    );
    const uniform = fit(
      [...keys].map((key) => Math.floor((key / STATES) * 64)),
      new Map(Array.from({ length: 64 }, (_, i) => [i, 1 / 64])),
    );
    const { byHolder } = federation.people;
    const byYear = await tables.table('byYear');
    const seen = [...byHolder]
      .filter(([slug]) => slug !== suppressing)
      .flatMap(([, own]) =>
        [...Map.groupBy(own, ({ area, year }) => `${area} ${year}`)].flatMap(([, people]) => {
          const [one] = people;
          // Whatever its noise, a figure of so many is shown: a selection by noise would have another law.
          if (one === undefined || people.length < K + D) return [];
          const value = byYear.value({ area: one.area, diagnosisYear: one.year });
          return value === null ? [] : [value - people.length];
        }),
      );
    const released = fit(seen, law);
    const worst = Math.min(looked, uniform, released);
    return {
      figure: `p = ${looked.toFixed(3)} lookups, ${uniform.toFixed(3)} keys, ${released.toFixed(3)} released`,
      criterion: `p > ${LEAST_P}`,
      passed: worst > LEAST_P,
      detail: `χ² over ${draws.toLocaleString('en')} lookups in process, and ${seen.length} figures of four running nodes`,
    };
  },
};

/** Upper tail of chi-square; 0 where something has come that the law does not know. */
function fit(values: readonly number[], law: ReadonlyMap<number, number>): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  if ([...counts.keys()].some((value) => !law.has(value))) return 0;
  const x = [...law].reduce((sum, [value, probability]) => {
    const expected = values.length * probability;
    return sum + ((counts.get(value) ?? 0) - expected) ** 2 / expected;
  }, 0);
  return chiSquareUpperTail({ x, df: law.size - 1 });
}
