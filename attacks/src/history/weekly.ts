/** A register of rows, in process: imported anew every week, and answered in whatever tables by the rules of a node. */
import { cellKeyRulesOf, discloseLocal, type PastAnswer, recordKeyer } from '@revier/core';
import type { Environment } from '@revier/e2e/harness/service.ts';
import type { Dice } from '../dice.ts';
import { K } from '../federation/people.ts';
import { type Asked, counted, type Row } from './rows.ts';

/** What a control takes away. */
export interface Guards {
  /** Answers are held against earlier ones. */
  readonly history: boolean;
  /** Record keys, and the noise with them, know nothing of the data epoch. */
  readonly steadyKeys: boolean;
}

/** Every answer as if it were the first. */
export const withoutHistory: Guards = { history: false, steadyKeys: true };

/** And other noise in each epoch. */
export const newKeys: Guards = { history: false, steadyKeys: false };

/** Those of nodes, and none of the history in a control run. */
export const guardsOf = (env: Environment): Guards =>
  Object.keys(env).length === 0 ? { history: true, steadyKeys: true } : withoutHistory;

export interface Answered {
  /** By cell of the grid; null where withheld. */
  readonly figures: readonly (number | null)[];
  /** What stands behind them: for who measures how good an attack is. */
  readonly exact: Float64Array;
}

export interface Weekly {
  join(codes: readonly number[], many: number): void;
  /** So many rows with these codes, at random, are gone. */
  leave(codes: readonly number[], many: number): void;
  /** A new data epoch: what has changed since the last one is seen from now on. */
  import(): void;
  ask(asked: Asked): Answered;
}

const DATASET = 'urn:revier:dataset:attacked';

const rules = { minCellSize: K, cellKeys: cellKeyRulesOf({ disclosure: { method: 'cell-key' } }) };

/** `sizes`: how many codes each variable has; the first one is that of districts. */
export function weekly(sizes: readonly number[], random: Dice, { history, steadyKeys }: Guards): Weekly {
  const noiseKey = Uint8Array.from({ length: 32 }, () => random.below(256));
  const steady = recordKeyer(noiseKey, DATASET);
  const known = new Map<string, number>();
  const districts = Array.from({ length: sizes[0] ?? 0 }, (): Row[] => []);
  const past: PastAnswer[] = [];
  let [imports, people] = [0, 0];
  const steadyKey = (id: string): number => {
    const key = known.get(id) ?? steady(id);
    known.set(id, key);
    return key;
  };
  const keys = () => (steadyKeys ? steadyKey : recordKeyer(noiseKey, `${DATASET} ${imports}`));
  return {
    join(codes, many) {
      for (let i = 0; i < many; i++) districts[codes[0] ?? 0]?.push({ id: `person ${people++}`, codes });
    },
    leave(codes, many) {
      const rows = districts[codes[0] ?? 0] ?? [];
      const own = random.shuffled(rows.filter((row) => row.codes.every((code, v) => code === codes[v])));
      for (const row of own.slice(0, many)) rows.splice(rows.indexOf(row), 1);
    },
    import() {
      imports++;
    },
    ask(asked) {
      const rows = asked.by[0].groups.flatMap(([district]) => districts[district] ?? []);
      const keyOf = keys();
      const { input, shape, exact } = counted(asked, { sizes, rows, keyOf: ({ id }) => keyOf(id) });
      const epoch = `epoch ${imports}`;
      const held = history ? { shape, epoch, past: [...past] } : null;
      const { body, basis, perturbation } = discloseLocal(input, rules, noiseKey, held);
      const { measures } = body;
      if (basis !== null) past.push({ table: input.tableHash, epoch, minCellSize: K, perturbation, measures, basis });
      const [column] = measures;
      if (column?.kind !== 'count') throw new Error('There is no count.');
      const figures = Array.from(column.status, (status, at) => (status === 0 ? (column.value[at] ?? null) : null));
      return { figures, exact };
    },
  };
}
