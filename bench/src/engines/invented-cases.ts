/** Cancer cases by the row number: as many as one likes, always the same, in 11,000 small areas. */
import { type Columns, type Grain, USABLE, type Value } from '@revier/connector-sdk';
import { dataModels } from '@revier/schema';

export const model = dataModels.cancerCase;

const numbered = (count: number, name: (at: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, at) => name(at));

export const codes = {
  area: numbered(11_000, (at) => `a${String(at).padStart(5, '0')}`),
  diagnosisYear: numbered(10, (at) => String(2014 + at)),
  diagnosisMonth: numbered(12, (at) => String(1 + at)),
  datePrecision: ['D', 'M'],
  sex: ['F', 'M'],
  age: numbered(100, String),
  site: numbered(60, (at) => `C${String(at).padStart(2, '0')}`),
  behaviour: ['2', '3'],
  uicc: ['0', 'I', 'II', 'III', 'IV', 'U'],
  dco: ['no', 'yes'],
} as const satisfies Record<string, readonly string[]>;

export const grain: Grain = Object.fromEntries(
  Object.entries(codes).map(([variable, stored]) => [variable, { stored: new Set<string>(stored) }]),
);

/** Not the node's HMAC, which takes longer than the import: keys need only be the same in every store. */
export const recordKey = (id: string): number => mixed(Number(id.slice(1)), 99);

const BATCH = 50_000;

export function* batches(rows: number): Generator<Columns> {
  for (let from = 0; from < rows; from += BATCH) yield batch(from, Math.min(rows, from + BATCH));
}

function batch(from: number, to: number): Columns {
  const column = (of: (row: number) => Value): Value[] => Array.from({ length: to - from }, (_, at) => of(from + at));
  const drawn = Object.entries(codes).map(([variable, stored], salt) => [
    variable,
    column((row) => stored[mixed(row, salt) % stored.length] ?? null),
  ]);
  return {
    ...Object.fromEntries(drawn),
    caseId: column((row) => `c${row}`),
    personId: column((row) => `p${mixed(row, 50) % Math.ceil(to * 0.9)}`),
    [USABLE]: column((row) => (mixed(row, 51) % 1000 === 0 ? 'no' : 'yes')),
  };
}

/** An even spread over 32 bits (the finaliser of MurmurHash3). */
function mixed(row: number, salt: number): number {
  let h = Math.imul(row + 1, 0x9e37_79b1) ^ Math.imul(salt + 1, 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
