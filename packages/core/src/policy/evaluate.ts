/** Evaluation: may this table leave under this agreement and this floor? Pure, three-valued, deny by default, prohibition wins. */
import { type Agreement, AppError, type Floor, type Reason, type Sha256 } from '@revier/schema';
import { contentHash } from '../query/canonical.ts';
import { openAgreement } from './admit-agreement.ts';
import { bindingFaults, perturbationFaults } from './binding.ts';
import type { Decision, RuleReport } from './decision.ts';
import { floorFaults, floorProhibitions } from './floor-rules.ts';
import { type Facts, type Judge, judgeConstraint, operandKinds } from './operands.ts';
import { reason } from './reasons.ts';
import { includes, reportRule } from './rules.ts';
import type { PolicyInput, PolicyState } from './snapshot.ts';

export const EVALUATOR_VERSION = 'revier-evaluator/2';

/** Reasons that a refusal can carry. */
const MOST_REASONS = 20;

/** Policy-level decision: at least one active permission, no active prohibition, floor kept, and the agreement in force between these two. */
export const evaluate = (input: PolicyInput): Decision => evaluateBy(judgeConstraint, input);

/** The same with another judge of single constraints: tests put a wrong one in, and must find it. */
export function evaluateBy(
  judge: Judge,
  { agreement: document, floor, request, state: told, checkpoint }: PolicyInput,
): Decision {
  const state = withSoundClock(told);
  const stateHash = contentHash({ checkpoint, floor, request, state });
  const common = { checkpoint, evaluatorVersion: EVALUATOR_VERSION, stateHash };
  const opened = open(document);
  if ('faults' in opened) return { ...common, ...denied(opened.faults, []), agreementHash: null };
  const { agreement, hash } = opened;
  const facts: Facts = { request, state, checkpoint, agreementHash: hash, kind: 'permission' };
  const against: Facts = { ...facts, kind: 'prohibition' };
  const permissions = agreement.permission.map((rule, at) => reportRule(rule, `/permission/${at}`, facts, judge));
  const prohibitions = agreement.prohibition.map((rule, at) => reportRule(rule, `/prohibition/${at}`, against, judge));
  const ofFloor = floorProhibitions(floor, against, judge);
  const rules = [...permissions, ...prohibitions, ...ofFloor];
  const reasons = [
    ...bindingFaults(agreement, facts),
    ...perturbationFaults(agreement, floor, facts),
    ...permissionFaults(agreement, permissions, facts),
    ...activeOf(prohibitions).map(({ pointer }) => reason('PROHIBITED', pointer)),
    ...floorFaults(floor, facts),
    ...activeOf(ofFloor).map(({ pointer }) => reason('FLOOR', pointer)),
  ];
  if (reasons.length > 0) return { ...common, ...denied(reasons, rules), agreementHash: hash };
  const minCellSize = appliedCellSize(agreement, permissions, floor, facts);
  return { ...common, decision: 'allow', codes: [], agreementHash: hash, minCellSize, rules };
}

/** A clock that does not tell the time is missing: it has no canonical form, and everything that rests on it is indeterminate. */
const withSoundClock = (state: PolicyState): PolicyState =>
  state.now === null || Number.isSafeInteger(state.now) ? state : { ...state, now: null };

function open(document: unknown): { agreement: Agreement; hash: Sha256 } | { faults: readonly Reason[] } {
  if (isOffer(document)) return { faults: [reason('NOT_AGREED', '/@type')] };
  try {
    return openAgreement(document);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const places = error.options.errors?.map(({ pointer }) => pointer) ?? [''];
    return { faults: places.map((pointer) => reason('POLICY_INVALID', pointer)) };
  }
}

const isOffer = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && '@type' in document && document['@type'] === 'Offer';

const denied = (reasons: readonly Reason[], rules: readonly RuleReport[]) => ({
  decision: 'deny' as const,
  codes: [...new Set(reasons.map(({ code }) => code))],
  reasons: reasons.slice(0, MOST_REASONS),
  rules,
  hint: reasons[0]?.hint ?? '',
});

const activeOf = (reports: readonly RuleReport[]): RuleReport[] =>
  reports.filter(({ activationState }) => activationState === 'active');

/** Without an active permission, the constraints and duties that failed say why, each with its pointer. Permissions never join. */
function permissionFaults({ permission }: Agreement, reports: readonly RuleReport[], { request }: Facts): Reason[] {
  if (activeOf(reports).length > 0) return [];
  const failed = permission.flatMap((rule, at) => {
    const report = reports[at];
    if (report === undefined || !includes(rule.action, request.action)) return [];
    return [
      ...report.constraints
        .filter(({ satisfactionState }) => satisfactionState === 'unsatisfied' || satisfactionState === 'indeterminate')
        .map(({ leftOperand, pointer }) => reason(operandKinds[leftOperand].code, pointer)),
      ...report.duties
        .filter(({ dutyState }) => dutyState === 'overdue' || dutyState === 'indeterminate')
        .map(({ pointer }) => reason('DUTY', pointer)),
    ];
  });
  return failed.length > 0 ? failed : [reason('NOT_AGREED', '/permission')];
}

/** The largest of floor, wish and every active permission; null for exact figures of a public dataset. */
function appliedCellSize(
  { permission }: Agreement,
  reports: readonly RuleReport[],
  floor: Floor,
  { request }: Facts,
): number | null {
  if (request.mode === 'O') return null;
  const agreed = permission
    .filter((_, at) => reports[at]?.activationState === 'active')
    .flatMap(({ constraint }) =>
      constraint.flatMap((one) => (one.leftOperand === 'rv:minCellSize' ? [Number(one.rightOperand)] : [])),
    );
  return Math.max(floor.minCellSize, request.minCellSize ?? 0, ...agreed);
}
