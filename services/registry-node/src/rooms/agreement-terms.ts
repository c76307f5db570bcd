/** What an agreement says about time, budgets and duties, across its permissions. */
import type { Agreement, Constraint, Duty } from '@revier/schema';

type Term<L extends Constraint['leftOperand']> = Extract<Constraint, { leftOperand: L }>;

function termsOf<L extends Constraint['leftOperand']>(agreement: Agreement, left: L): Term<L>[] {
  const is = (one: Constraint): one is Term<L> => one.leftOperand === left;
  return agreement.permission.flatMap(({ constraint }) => constraint.filter(is));
}

/** Within which questions are counted: `P7D`, say. */
export const windowsOf = (agreement: Agreement): string[] => [
  ...new Set(termsOf(agreement, 'odrl:count').flatMap(({ 'rv:per': per }) => (per === undefined ? [] : [per]))),
];

/** In milliseconds: from then on no permission can be active any more; null when one has no end. */
export function endOf({ permission }: Agreement): number | null {
  const ends = permission.map(({ constraint }) =>
    Math.min(
      ...constraint.flatMap((one) =>
        one.leftOperand === 'odrl:dateTime' && one.operator === 'lt' ? [Date.parse(one.rightOperand)] : [],
      ),
    ),
  );
  const last = Math.max(...ends);
  return Number.isFinite(last) ? last : null;
}

/** The widest that a permission allows; null when one has no limit. */
export function limitOf(agreement: Agreement, left: 'rv:budgetCells' | 'odrl:count', per?: string): number | null {
  const limits = agreement.permission.map(({ constraint }) =>
    Math.min(
      ...constraint.flatMap((one) => {
        const fits = one.leftOperand === left && ('rv:per' in one ? one['rv:per'] : undefined) === per;
        return fits ? [Number(one.rightOperand)] : [];
      }),
    ),
  );
  const widest = Math.max(...limits);
  return Number.isFinite(widest) ? widest : null;
}

/** The largest threshold that any of its permissions names; 0 where none does. */
export const strictestCellSize = (agreement: Agreement): number =>
  Math.max(0, ...termsOf(agreement, 'rv:minCellSize').map(({ rightOperand }) => Number(rightOperand)));

export const dutiesIn = ({ permission }: Agreement): Duty[] => permission.flatMap(({ duty = [] }) => duty);
