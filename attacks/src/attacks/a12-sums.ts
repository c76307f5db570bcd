/** A12: means and sums over few persons, or over one who outweighs the rest: by the rules of a node, on invented contributions. */
import { cellKeyRulesOf, type DisclosureInput, discloseLocal } from '@revier/core';
import { type Attack, percent, sized } from '../attack.ts';
import type { Dice } from '../dice.ts';

const P = 10;
const LEAST = 10;

export const sumsOverFew: Attack = {
  id: 'A12',
  title: 'sums over few, and over one who outweighs',
  needs: 'process',
  quick: false,
  async run({ random, scale }) {
    const groups = Array.from({ length: sized(scale, { quick: 200, normal: 1000, full: 2000 }) }, (_, at) =>
      group(at, random),
    );
    const rules = { minCellSize: LEAST, cellKeys: cellKeyRulesOf({ disclosure: { method: 'cell-key' } }) };
    const { measures } = discloseLocal(inputOf(groups), rules, new Uint8Array(32).fill(9)).body;
    const [column] = measures;
    if (column?.kind !== 'sum') throw new Error('There is no sum.');
    const shown = groups.flatMap((parts, at) =>
      column.status[at] === 0 ? [{ parts, value: column.value[at] ?? Number.NaN }] : [],
    );
    const few = shown.filter(({ parts }) => parts.length < LEAST).length;
    // Whoever gives the second most knows that much, and takes it off.
    const isNear = (parts: readonly number[], sum: number): boolean =>
      sum - (parts[1] ?? 0) < (parts[0] ?? 0) * (1 + P / 100);
    const told = shown.filter(({ parts }) =>
      isNear(
        parts,
        parts.reduce((sum, part) => sum + part, 0),
      ),
    ).length;
    // Of what is shown: noise can bring a safe sum near, too.
    const figures = shown.filter(({ parts, value }) => isNear(parts, value)).length;
    return {
      figure: `${few} shown below ${LEAST} persons; ${told} of ${shown.length} exact sums, ${figures} figures tell the greatest to ${P} %`,
      criterion: 'none',
      passed: few === 0 && told === 0 && figures === 0 && shown.length > 0,
      detail: `${groups.length} groups of 1 to 60, ${percent(shown.length / groups.length)} shown; no model that ships has a measure of persons yet`,
    };
  },
};

/** Contributions, greatest first; every third group has one that outweighs the rest. */
function group(at: number, random: Dice): number[] {
  const parts = Array.from({ length: 1 + random.below(60) }, () => 100 + random.below(900));
  if (at % 3 === 0) parts[0] = 20_000 + random.below(20_000);
  return parts.sort((a, b) => b - a);
}

function inputOf(groups: readonly (readonly number[])[]): DisclosureInput {
  const sum = (of: (parts: readonly number[]) => number) => Float64Array.from(groups, of);
  const total = (parts: readonly number[]) => parts.reduce((all, part) => all + part, 0);
  const keys = [Uint32Array.from(groups, (_, at) => at)];
  return {
    table: {
      ...{ model: 'attacked/1', by: [{ variable: 'group', level: 'code' }], margins: false, coverage: [] },
      measures: [{ kind: 'sum', variable: 'cost', where: [] }],
    },
    tableHash: `sha256:${'0'.repeat(64)}`,
    domain: [groups.map((_, at) => at)],
    rates: new Map(),
    raw: {
      atoms: null,
      measures: [
        {
          ...{ kind: 'sum', keys, value: sum(total), missing: new Uint8Array(groups.length) },
          contributions: {
            persons: sum(({ length }) => length),
            recordKeys: Uint32Array.from(groups, (parts, at) => (Math.imul(at + 1, 0x9e37_79b1) ^ total(parts)) >>> 0),
            size: sum(total),
            gaps: new Float64Array(groups.length),
            top: [0, 1, 2].map((place) => sum((parts) => parts[place] ?? 0)),
          },
        },
      ],
    },
  };
}
