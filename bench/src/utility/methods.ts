/** Ways to protect a table of counts, each as a function of its records: what a holder releases, or several together. */
import { createHash } from 'node:crypto';
import {
  cellGrid,
  cellKeyRulesOf,
  discloseLocal,
  openedBody,
  SUM_VARIANCE,
  scaleOfVariance,
  shareSampler,
  uniformFrom,
  wordsOf,
} from '@revier/core';
import { type DisclosureRules, type ReleaseBody, TOTAL } from '@revier/schema';
import { type CaseRecord, type CountTable, codesKey, exactCounts, inputOf } from './records.ts';

export const K = 10;
export const HOLDERS = 4;

/** By measure, then by cell; null where withheld. */
export type Shown = readonly ReadonlyMap<string, number | null>[];

export interface Method {
  readonly name: string;
  protect(table: CountTable, records: readonly CaseRecord[]): Shown;
}

const noiseKey = new Uint8Array(32).fill(12);

const threshold: Method = {
  name: 'plain threshold',
  protect: (table, records) =>
    table.wheres.map(
      (_, bit) =>
        new Map([...exactCounts(table, records, bit)].map(([cell, count]) => [cell, count < K ? null : count])),
    ),
};

const local = (name: string, disclosure: DisclosureRules): Method => ({
  name,
  protect(table, records) {
    const rules = { minCellSize: K, cellKeys: cellKeyRulesOf({ disclosure }) };
    return shownIn(discloseLocal(inputOf(table, records), rules, noiseKey).body);
  },
});

const shownIn = ({ keys, measures }: ReleaseBody): Shown =>
  measures.map((columns) => {
    if (columns.kind === 'direct-rate') throw new Error('expected counts');
    return new Map(
      Array.from(columns.status, (status, i) => [
        codesKey(keys.map((column) => column[i] ?? TOTAL)),
        status === 0 ? (columns.value[i] ?? null) : null,
      ]),
    );
  });

/** Bytes that are always the same; what they cover here is invented. */
function stream(): (length: number) => Uint8Array {
  let [block, at, count] = [Buffer.alloc(0), 0, 0];
  return (length) => {
    while (block.length - at < length) {
      block = Buffer.concat([block.subarray(at), createHash('sha512').update(`utility ${count++}`).digest()]);
      at = 0;
    }
    at += length;
    return block.subarray(at - length, at);
  };
}

/** One noised total over all holders; who holds what does not matter. */
const together: Method = {
  name: `secure sum of ${HOLDERS} (F)`,
  protect(table, records) {
    const share = shareSampler({ scale: scaleOfVariance(SUM_VARIANCE), members: HOLDERS });
    const below = uniformFrom(stream());
    const { keys } = cellGrid(table.domain, table.margins);
    const total = table.wheres.flatMap((_, bit) => {
      const counts = exactCounts(table, records, bit);
      return Array.from(keys[0] ?? [0], (_, cell) => {
        const noise = Array.from({ length: HOLDERS }, () => share(below)).reduce((sum, own) => sum + own, 0n);
        return BigInt(counts.get(codesKey(keys.map((column) => column[cell] ?? TOTAL))) ?? 0) + noise;
      });
    });
    return shownIn(openedBody({ ...inputOf(table, []), model: { variables: [] }, minCellSize: K }, wordsOf(total)));
  },
};

/** Records are spread by their keys; a figure stands only where every holder shows its part. */
const several = (name: string, each: Method): Method => ({
  name,
  protect(table, records) {
    const parts = Array.from({ length: HOLDERS }, (_, holder) =>
      each.protect(
        table,
        records.filter(({ key }) => key % HOLDERS === holder),
      ),
    );
    return table.wheres.map(
      (_, bit) =>
        new Map(
          [...(parts[0]?.[bit]?.keys() ?? [])].map((cell) => {
            const values = parts.map((part) => part[bit]?.get(cell) ?? null);
            return [cell, values.includes(null) ? null : values.reduce((sum: number, value) => sum + (value ?? 0), 0)];
          }),
        ),
    );
  },
});

const keyed: DisclosureRules = { method: 'cell-key', ptable: { D: 5, V: 3, js: 2 } };
const withholding = local('cell keys, withheld below k', { ...keyed, belowK: 'withhold' });
const showing = local('cell keys, small shown', { ...keyed, belowK: 'show-perturbed' });

export const methods: readonly Method[] = [
  ...[threshold, local('suppression', { method: 'suppress' }), withholding, showing],
  ...[
    several(`cell keys at ${HOLDERS}, withheld`, withholding),
    several(`cell keys at ${HOLDERS}, small shown`, showing),
    together,
  ],
];
