/** One district as the attacker sees it: its finest cells, and every shown figure as a sum of them. */
import type { Figures } from '../federation/tables.ts';
import type { Shown } from './least-squares.ts';

const sexes = ['F', 'M'] as const;
const known = ['no', 'yes'] as const;
const stages = ['I-II', 'III-IV'] as const;

/** Sex, way of registration, stage: eight cells. */
export const atoms = sexes.flatMap((sex) => known.flatMap((dco) => stages.map((uicc) => ({ sex, dco, uicc }))));
type Atom = (typeof atoms)[number];

export const indicator = (holds: (atom: Atom) => boolean): number[] => atoms.map((atom) => (holds(atom) ? 1 : 0));

/** Codes and, for the total, null. */
const withTotal = <T extends string>(codes: readonly T[]): readonly (T | null)[] => [...codes, null];
const fits = (wanted: string | null, code: string): boolean => wanted === null || wanted === code;

export interface Seen {
  readonly crossed: Figures;
  readonly padded?: Figures;
  readonly nested?: Figures;
}

/** Figures that are not shown say nothing here. */
export function districtRows({ crossed, padded, nested }: Seen, area: string): Shown[] {
  const rows: Shown[] = [];
  const add = (value: number | null, holds: (atom: Atom) => boolean): void => {
    if (value !== null) rows.push({ value, atoms: indicator(holds) });
  };
  for (const uicc of withTotal(stages)) {
    for (const sex of withTotal(sexes))
      add(crossed.value({ area, sex, uicc }), (atom) => fits(sex, atom.sex) && fits(uicc, atom.uicc));
    for (const dco of withTotal(known))
      if (padded !== undefined)
        add(padded.value({ area, dco, uicc }), (atom) => fits(dco, atom.dco) && fits(uicc, atom.uicc));
    if (nested === undefined || uicc === null) continue;
    add(nested.value({ area, uicc }, 'everybody'), (atom) => atom.uicc === uicc);
    add(nested.value({ area, uicc }, 'women'), (atom) => atom.uicc === uicc && atom.sex === 'F');
  }
  return rows;
}
