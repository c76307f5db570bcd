/** For tests: tables disclosed by cell keys, read back as statuses and figures by the codes of their cells. */
import { cellStatuses, type DisclosureRules, TOTAL } from '@revier/schema';
import { discloseLocal } from '../disclose-local.ts';
import type { DisclosureInput } from '../disclosure-input.ts';
import { cellKeyRulesOf } from '../protection.ts';
import { countInput, countTable, keyOf, type TestRecord } from './microdata.ts';

export const noiseKey = new Uint8Array(32).fill(5);

export interface Keyed {
  readonly k?: number;
  readonly rules?: Partial<DisclosureRules>;
  readonly noiseKey?: Uint8Array;
}

/** Figures by measure and codes (`*` for a total); null where withheld. */
export function figuresByKeys(input: DisclosureInput, { k = 10, rules = {}, ...keyed }: Keyed = {}) {
  const cellKeys = cellKeyRulesOf({ disclosure: { method: 'cell-key', groupMax: 1, ...rules } });
  const release = discloseLocal(input, { minCellSize: k, cellKeys }, keyed.noiseKey ?? noiseKey);
  const { keys, measures } = release.body;
  return measures.map((columns) => {
    if (columns.kind === 'direct-rate') throw new Error('expected figures');
    return new Map(
      Array.from(columns.status, (status, cell) => {
        const codes = keys.map((column) => (column[cell] === TOTAL ? '*' : String(column[cell]))).join(' ');
        const word = cellStatuses[status];
        if (word !== 'value' && word !== 'withheld') throw new Error(`a cell says ${word}`);
        return [codes, word === 'value' ? (columns.value[cell] ?? Number.NaN) : null] as const;
      }),
    );
  });
}

/** Records with keys of their own, one person each, in these cells. */
export const keyedRecords = (
  cells: readonly { readonly codes: readonly number[]; readonly many: number }[],
  first = 0,
) => {
  let next = first;
  return cells.flatMap(({ codes, many }) =>
    Array.from({ length: many }, (): TestRecord => {
      const person = next++;
      return { person, codes, signature: 1, recordKey: keyOf(person) };
    }),
  );
};

/** One count over some dimensions. */
export const countsByKeys = (
  records: readonly TestRecord[],
  domain: readonly (readonly number[])[],
  { margins = false, ...keyed }: Keyed & { readonly margins?: boolean } = {},
) => {
  const [figures] = figuresByKeys(countInput(countTable(domain.length, margins, [[]]), domain, records), keyed);
  if (figures === undefined) throw new Error('expected a count');
  return figures;
};
