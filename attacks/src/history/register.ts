/** A register of its own, in process: persons by district, answered in one data epoch after the other by the rules of a node. */
import {
  type CellKeyRules,
  cellKeyRulesOf,
  type DisclosureInput,
  discloseLocal,
  type PastAnswer,
  type TableShape,
} from '@revier/core';
import type { Dice } from '../dice.ts';
import { K } from '../federation/people.ts';

export interface Register {
  readonly sizes: Float64Array;
  /** So many persons join a district. */
  join(district: number, many: number): void;
  /** Figures by district in the next data epoch; null where withheld. */
  ask(): readonly (number | null)[];
}

/** `guarded: false` answers without a look at what was answered before, as the control. */
export function register(districts: number, random: Dice, guarded: boolean): Register {
  const sizes = Float64Array.from({ length: districts }, () => 0);
  const keys = new Uint32Array(districts);
  const past: PastAnswer[] = [];
  const noiseKey = Uint8Array.from({ length: 32 }, () => random.below(256));
  const shape = shapeOf(districts);
  const join = (district: number, many: number): void => {
    for (let i = 0; i < many; i++) {
      sizes[district] = (sizes[district] ?? 0) + 1;
      keys[district] = (keys[district] ?? 0) + random.below(2 ** 32);
    }
  };
  for (let district = 0; district < districts; district++) join(district, 20 + random.below(60));
  return {
    sizes,
    join,
    ask() {
      const epoch = `epoch ${past.length}`;
      const history = guarded ? { shape, epoch, past: [...past] } : null;
      const input = inputOf(sizes, keys);
      const { body, basis, perturbation } = discloseLocal(input, rules, noiseKey, history);
      const { measures } = body;
      if (basis !== null) past.push({ table: input.tableHash, epoch, minCellSize: K, perturbation, measures, basis });
      const [column] = measures;
      if (column?.kind !== 'count') throw new Error('There is no count.');
      return Array.from(column.status, (status, at) => (status === 0 ? (column.value[at] ?? null) : null));
    },
  };
}

const cellKeys: CellKeyRules | null = cellKeyRulesOf({ disclosure: { method: 'cell-key' } });
const rules = { minCellSize: K, cellKeys };

const codes = (districts: number) => Array.from({ length: districts }, (_, district) => district);

const shapeOf = (districts: number): TableShape => ({
  dimensions: [{ variable: 'area', pairs: codes(districts).map((district) => [`d${district}`, district] as const) }],
  margins: false,
  measures: [{ figure: 'count persons', where: [] }],
  declared: { area: codes(districts).map((district) => `d${district}`) },
});

function inputOf(sizes: Float64Array, keys: Uint32Array): DisclosureInput {
  const cells = [Uint32Array.from(codes(sizes.length))];
  return {
    table: {
      ...{ model: 'attacked/1', by: [{ variable: 'area', level: 'district' }], margins: false, coverage: [] },
      measures: [{ kind: 'count', unit: 'persons', where: [] }],
    },
    tableHash: `sha256:${'0'.repeat(64)}`,
    domain: [codes(sizes.length)],
    rates: new Map(),
    raw: {
      atoms: null,
      measures: [
        { kind: 'count', keys: cells, value: sizes.slice(), persons: sizes.slice(), recordKeys: keys.slice() },
      ],
    },
  };
}
