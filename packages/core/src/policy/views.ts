/** Who sees what of an explanation: the auditor everything, the researcher nothing that data or other people decide. */
import type { ConstraintReport, Decision } from './decision.ts';
import { isDataDerived } from './operands.ts';

/** What a researcher may see: cell sizes, budgets, counts and persons are taken out, and the hash that could be used to guess them. */
export function researcherView(decision: Decision): Omit<Decision, 'stateHash'> {
  const { stateHash: _, ...rest } = decision;
  const hidden = (report: ConstraintReport): ConstraintReport =>
    isDataDerived(report.leftOperand) ? { ...report, actual: null } : report;
  return {
    ...rest,
    rules: decision.rules.map((rule) => ({
      ...rule,
      constraints: rule.constraints.map(hidden),
      duties: rule.duties.map((duty) => ({ ...duty, due: null })),
    })),
  };
}

/** Everything, for those who audit the holder. */
export const auditorView = (decision: Decision): Decision => decision;
