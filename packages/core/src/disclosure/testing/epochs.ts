/** For tests: one register that answers tables in one data epoch after the other, and remembers what it has said. */
import { cellStatuses, type DisclosureRules, TOTAL } from '@revier/schema';
import { contentHash } from '../../query/canonical.ts';
import { discloseLocal } from '../disclose-local.ts';
import type { PastAnswer } from '../history/past-answer.ts';
import type { TableShape } from '../history/table-shape.ts';
import { cellKeyRulesOf } from '../protection.ts';
import { countInput, countTable, type TestRecord } from './microdata.ts';

/** Of each variable the codes 0 to n - 1. */
export interface Register {
  readonly sizes: readonly number[];
  readonly k?: number;
  /** Null: counts are suppressed. */
  readonly rules?: Partial<DisclosureRules> | null;
  readonly noiseKey?: Uint8Array;
  /** Nothing is held against earlier answers. */
  readonly forgets?: boolean;
}

export interface Asked {
  /** Variables, ascending. */
  readonly by: readonly number[];
  readonly margins?: boolean;
  /** One count for each: the codes that some variables are restricted to. */
  readonly counts?: readonly Readonly<Record<number, readonly number[]>>[];
}

export interface Answering {
  readonly past: readonly PastAnswer[];
  /** By count and codes, `*` for a total; null where withheld. Records carry a code of each variable. */
  ask(asked: Asked, records: readonly TestRecord[], epoch: string): readonly ReadonlyMap<string, number | null>[];
}

const DEFAULT_KEY = new Uint8Array(32).fill(3);

export function answering({ sizes, k = 10, rules = {}, noiseKey = DEFAULT_KEY, forgets = false }: Register): Answering {
  const past: PastAnswer[] = [];
  const cellKeys = rules && cellKeyRulesOf({ disclosure: { method: 'cell-key', groupMax: 1, ...rules } });
  return {
    past,
    ask(asked, records, epoch) {
      const { by, margins = false, counts = [{}] } = asked;
      const input = inputOf({ by, margins, counts }, sizes, records);
      const history = { shape: shapeOf({ by, margins, counts }, sizes), epoch, past };
      const rulesNow = { minCellSize: k, cellKeys };
      const { body, basis, perturbation } = discloseLocal(input, rulesNow, noiseKey, forgets ? null : history);
      const { tableHash: table } = input;
      if (basis !== null) past.push({ table, epoch, minCellSize: k, perturbation, measures: body.measures, basis });
      return body.measures.map((columns) => {
        if (columns.kind !== 'count') throw new Error('expected counts');
        return new Map(
          Array.from(columns.status, (status, cell) => {
            const codes = body.keys.map((column) => (column[cell] === TOTAL ? '*' : String(column[cell]))).join(' ');
            return [codes, cellStatuses[status] === 'value' ? (columns.value[cell] ?? Number.NaN) : null] as const;
          }),
        );
      });
    },
  };
}

type Whole = Required<Asked>;

function inputOf({ by, margins, counts }: Whole, sizes: readonly number[], records: readonly TestRecord[]) {
  const isIn = ({ codes }: TestRecord, where: Whole['counts'][number]): boolean =>
    Object.entries(where).every(([variable, admitted]) => admitted.includes(codes[Number(variable)] ?? -1));
  const own = records.map((record) => ({
    ...record,
    codes: by.map((variable) => record.codes[variable] ?? 0),
    signature: counts.reduce((bits, where, i) => (isIn(record, where) ? bits | (1 << i) : bits), 0),
  }));
  const wheres = counts.map((where) =>
    Object.entries(where).map(([variable, codes]) => ({ variable: `v${variable}`, atoms: codes.map(stored) })),
  );
  const domain = by.map((variable) => codesOf(sizes, variable));
  const input = countInput(
    countTable(by.length, margins, wheres),
    domain,
    own.filter(({ signature }) => signature !== 0),
  );
  return { ...input, tableHash: contentHash({ by, margins, counts }) };
}

const codesOf = (sizes: readonly number[], variable: number) =>
  Array.from({ length: sizes[variable] ?? 0 }, (_, code) => code);

const stored = (code: number): string => `c${code}`;

const shapeOf = ({ by, margins, counts }: Whole, sizes: readonly number[]): TableShape => ({
  dimensions: by.map((variable) => ({
    variable: `v${variable}`,
    pairs: codesOf(sizes, variable).map((code) => [stored(code), code] as const),
  })),
  margins,
  measures: counts.map((where) => ({
    figure: 'count persons',
    where: Object.entries(where).map(([variable, codes]) => ({ variable: `v${variable}`, stored: codes.map(stored) })),
  })),
  declared: Object.fromEntries(sizes.map((_, variable) => [`v${variable}`, codesOf(sizes, variable).map(stored)])),
});
