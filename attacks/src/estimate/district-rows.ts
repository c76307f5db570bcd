/** One district as the attacker sees it: its finest cells, and every shown figure as a sum of them. */
import { EARLY, LATE, STAGES } from '../federation/people.ts';
import type { Figures } from '../federation/tables.ts';
import type { Shown } from './least-squares.ts';

const sexes = ['F', 'M', 'D'] as const;
const ways = ['no', 'yes', 'U'] as const;

/** Of whom the attacker knows that they are in no stage of a target. */
const isElsewhere = (sex: string, dco: string): boolean => sex === 'D' || dco === 'U';

/** Sex, way of registration, stage, but for combinations that the attacker knows to be empty. */
export const atoms = sexes.flatMap((sex) =>
  ways.flatMap((dco) =>
    STAGES.filter((uicc) => !(isElsewhere(sex, dco) && (uicc === EARLY || uicc === LATE))).map((uicc) => ({
      ...{ sex, dco, uicc },
    })),
  ),
);
type Atom = (typeof atoms)[number];

export const indicator = (holds: (atom: Atom) => boolean): number[] => atoms.map((atom) => (holds(atom) ? 1 : 0));

/** Codes and, for the total, null. */
const withTotal = <T extends string>(codes: readonly T[]): readonly (T | null)[] => [...codes, null];
const fits = (wanted: string | null, code: string): boolean => wanted === null || wanted === code;

export interface Seen {
  readonly crossed: Figures;
  readonly padded?: Figures;
  /** Where it is answered. */
  readonly nested?: Figures | null;
}

/** Figures that are not shown say nothing here. */
export function districtRows({ crossed, padded, nested }: Seen, area: string): Shown[] {
  const rows: Shown[] = [];
  const add = (value: number | null, holds: (atom: Atom) => boolean): void => {
    if (value !== null) rows.push({ value, atoms: indicator(holds) });
  };
  for (const uicc of withTotal(STAGES))
    for (const sex of withTotal(sexes))
      add(crossed.value({ area, sex, uicc }), (atom) => fits(sex, atom.sex) && fits(uicc, atom.uicc));
  for (const uicc of STAGES) {
    for (const dco of padded === undefined ? [] : ways)
      add(padded?.value({ area, dco, uicc }) ?? null, (atom) => atom.dco === dco && atom.uicc === uicc);
    add(nested?.value({ area, uicc }, 'everybody') ?? null, (atom) => atom.uicc === uicc);
    add(nested?.value({ area, uicc }, 'women') ?? null, (atom) => atom.uicc === uicc && atom.sex === 'F');
  }
  return rows;
}
