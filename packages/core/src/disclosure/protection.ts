/** The holder's choice of protection, with its defaults, and whether it can be had at all. */
import {
  AppError,
  type DisclosureRules,
  disclosureDefaults,
  type FlexRules,
  type Floor,
  type Perturbation,
} from '@revier/schema';
import { makeNumericPtable, makePtable, type Ptable, type PtableParams, type PtableResult } from './cell-key/ptable.ts';
import type { ConcentrationRules } from './magnitude/concentration.ts';

/** Everything decided: what the rooms work with. */
export interface CellKeyRules extends ConcentrationRules {
  readonly perturbation: Perturbation;
  readonly belowK: 'withhold' | 'show-perturbed';
  readonly pPercent: number;
  readonly nk: readonly (readonly [n: number, k: number])[];
  readonly groupMax: number;
  readonly personCap: number;
  readonly flex: FlexRules;
}

/** Null where the holder suppresses, as without any rules. */
export function cellKeyRulesOf({ disclosure }: Pick<Floor, 'disclosure'>): CellKeyRules | null {
  if (disclosure === undefined || disclosure.method === 'suppress') return null;
  const { ptable = disclosureDefaults.ptable, ...rules } = disclosure;
  return {
    perturbation: ptable,
    belowK: rules.belowK ?? disclosureDefaults.belowK,
    pPercent: rules.pPercent ?? disclosureDefaults.pPercent,
    nk: rules.nk ?? disclosureDefaults.nk,
    groupMax: rules.groupMax ?? disclosureDefaults.groupMax,
    personCap: rules.personCap ?? disclosureDefaults.personCap,
    flex: rules.flex ?? disclosureDefaults.flex,
  };
}

/** @throws AppError INVALID_REQUEST at the place of what cannot be had, or makes no sense together; it says why */
export function assertFeasibleFloor({ disclosure }: Pick<Floor, 'disclosure'>): void {
  if (disclosure === undefined) return;
  const [first] = faultsOf(disclosure);
  if (first !== undefined) throw AppError.at('INVALID_REQUEST', `/disclosure${first.pointer}`, first.detail);
}

interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

function faultsOf({ method, ptable, belowK, nk, flex }: DisclosureRules): Fault[] {
  const made = ptable === undefined ? null : countTable(ptable);
  const faults: readonly (Fault & { readonly holds: boolean })[] = [
    {
      holds: made === null || made.isFeasible,
      pointer: '/ptable',
      detail: `There is no such table. ${made === null || made.isFeasible ? '' : made.reason}`,
    },
    {
      holds: method === 'cell-key' || belowK !== 'show-perturbed',
      pointer: '/belowK',
      detail: 'Small figures can be shown only with noise: choose the method cell-key.',
    },
    {
      holds: belowK !== 'show-perturbed' || (ptable ?? disclosureDefaults.ptable).js >= LEAST_SHOWN - 1,
      pointer: '/ptable/js',
      detail: 'Where small figures are shown, counts of 1 and 2 must be blocked: js is 2 at least.',
    },
    {
      holds: (nk ?? []).every(([n], i, all) => all.findIndex(([other]) => other === n) === i),
      pointer: '/nk',
      detail: 'There are two rules for the same number of contributors.',
    },
    {
      holds: flex === undefined || flex.pLarge <= flex.pSmall,
      pointer: '/flex',
      detail: 'Great contributions must get a smaller share of noise than small ones.',
    },
  ];
  return faults.filter(({ holds }) => !holds);
}

/** With `show-perturbed`, counts from this on are shown (disclosure.md 2.3). */
export const LEAST_SHOWN = 3;

const paramsOf = ({ D, V, js, pstay, mono }: Perturbation): PtableParams => ({
  D,
  V,
  js,
  ...(pstay === undefined ? {} : { pstay }),
  ...(mono === undefined ? {} : { mono }),
});

/** Solving for a table takes milliseconds, and a node has one for years. */
const made = new Map<string, PtableResult>();
const KEPT = 20;

function countTable(perturbation: Perturbation): PtableResult {
  const params = paramsOf(perturbation);
  const key = JSON.stringify([params.D, params.V, params.js, params.pstay, params.mono]);
  const found = made.get(key) ?? makePtable(params);
  if (made.size >= KEPT) made.clear();
  made.set(key, found);
  return found;
}

/** @throws AppError INTERNAL for parameters that no floor can have */
export const ptableOf = (perturbation: Perturbation): Ptable => feasible(countTable(perturbation));

let numeric: Ptable | undefined;

/** For sums, common to all (R cellKey's example): noise of -10 to 10 in halves, times the flex share of the greatest contribution. */
export function numericPtable(): Ptable {
  numeric ??= feasible(makeNumericPtable({ D: 10, V: NUMERIC_VARIANCE, step: 2, classes: [1, 5, 10], optim: 4 }));
  return numeric;
}

export const NUMERIC_VARIANCE = 3;

function feasible(result: PtableResult): Ptable {
  if (!result.isFeasible) throw new AppError('INTERNAL', { detail: result.reason });
  return result.ptable;
}
