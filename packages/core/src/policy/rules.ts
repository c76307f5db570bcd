/** Rules: which action includes which, and whether a permission or a prohibition is active. */
import type { Action, Duty, Permission, Rule } from '@revier/schema';
import type { ConstraintReport, DutyReport, RuleReport } from './decision.ts';
import { addDuration } from './durations.ts';
import { type Facts, type Judge, operandKinds } from './operands.ts';
import type { PolicyState } from './snapshot.ts';

/** Each action and the one that includes it. */
const includedIn: Partial<Record<Action, Action>> = {
  'rv:feasibilityCount': 'rv:aggregate',
  'rv:aggregate': 'odrl:use',
  'rv:cacheResult': 'odrl:use',
  'rv:publish': 'odrl:distribute',
};

/** Whether a rule about `broad` is one about `action`: prohibiting use prohibits aggregating. */
export function includes(broad: Action, action: Action): boolean {
  for (let one: Action | undefined = action; one !== undefined; one = includedIn[one]) if (one === broad) return true;
  return false;
}

/** Permissions need every constraint satisfied and every duty in order; a prohibition holds also when it cannot be evaluated. */
export function reportRule(rule: Permission | Rule, pointer: string, facts: Facts, judge: Judge): RuleReport {
  const constraints = rule.constraint.map((constraint, at): ConstraintReport => {
    const { state, actual } = judge(constraint, facts);
    const { leftOperand, operator, rightOperand } = constraint;
    const place = `${pointer}/constraint/${at}`;
    return { pointer: place, leftOperand, operator, expected: rightOperand, actual, satisfactionState: state };
  });
  const owed = 'duty' in rule ? (rule.duty ?? []) : [];
  const duties = owed.map((duty, at) => reportDuty(duty, `${pointer}/duty/${at}`, facts));
  const covers = includes(rule.action, facts.request.action);
  const holds = facts.kind === 'permission' ? isPermitting(constraints, duties) : isProhibiting(constraints);
  return { pointer, activationState: covers && holds ? 'active' : 'inactive', constraints, duties };
}

const isPermitting = (constraints: readonly ConstraintReport[], duties: readonly DutyReport[]): boolean =>
  constraints.every(({ satisfactionState }) => satisfactionState === 'satisfied' || satisfactionState === 'deferred') &&
  duties.every(({ dutyState }) => dutyState === 'inOrder' || dutyState === 'deferred');

const isProhibiting = (constraints: readonly ConstraintReport[]): boolean =>
  constraints.every(
    ({ leftOperand, satisfactionState }) =>
      satisfactionState === 'satisfied' ||
      satisfactionState === 'indeterminate' ||
      // Admission keeps such operands out of prohibitions; were one there, nothing would know when it ends.
      !operandKinds[leftOperand].inProhibition,
  );

/** An overdue duty stops new questions (P1), not those under way, and not a planner's standing mandate. */
function reportDuty(duty: Duty, pointer: string, { state, checkpoint }: Facts): DutyReport {
  const entry = state.duties.find(({ id }) => id === duty['@id']);
  const due = dueAt(duty, entry?.since ?? null);
  if (checkpoint !== 'P1') return { pointer, dutyState: 'deferred', due };
  return { pointer, dutyState: dutyState(duty, due, entry, state), due };
}

function dutyState(
  duty: Duty,
  due: number | null,
  entry: PolicyState['duties'][number] | undefined,
  { now, recipient }: PolicyState,
): DutyReport['dutyState'] {
  if (duty.constraint.length === 0 || isStandingMandate(recipient.roles)) return 'inOrder';
  if (entry === undefined || now === null || Number.isNaN(due)) return 'indeterminate';
  if (entry.doneAt !== null || due === null) return 'inOrder';
  return now < due ? 'inOrder' : 'overdue';
}

const isStandingMandate = (roles: readonly string[] | null): boolean => roles?.length === 1 && roles[0] === 'planner';

/** The first instant at which the duty is overdue; null while nothing has triggered it. */
export function dueAt(duty: Duty, since: number | null): number | null {
  const ends = duty.constraint.flatMap((constraint) => {
    if (constraint.leftOperand === 'odrl:dateTime') return [Date.parse(constraint.rightOperand)];
    return since === null ? [] : [addDuration(since, constraint.rightOperand) + 1];
  });
  return ends.length === 0 ? null : Math.min(...ends);
}
