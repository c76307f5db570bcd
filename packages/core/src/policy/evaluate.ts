/** Evaluation: may this table leave under this agreement and this floor? Pure, three-valued, deny by default, prohibition wins. */
import {
  type Agreement,
  AppError,
  type Catalogue,
  type Constraint,
  type Floor,
  type Reason,
  type RefusalCode,
  type Rule,
  type Sha256,
} from '@revier/schema';
import { contentHash } from '../query/canonical.ts';
import type { PlanTask } from '../query/plan.ts';
import { admitAgreement } from './admit-agreement.ts';
import { isKnownPurpose, isPurposeA } from './purpose.ts';

export const EVALUATOR_VERSION = 'revier-evaluator/1';

/** Everything a decision depends on; an auditor replays it from here. */
export interface PolicyRequest {
  /** As stored; admitted again here, so that a broken record denies. */
  readonly agreement: unknown;
  readonly floor: Floor;
  readonly holder: string;
  /** Organisation that signed the researcher's credential. */
  readonly dataUser: string;
  readonly realm: string;
  readonly register: string;
  readonly purpose: string;
  readonly task: PlanTask;
  /** Cells that the table can have. */
  readonly cells: number;
  readonly catalogue: Catalogue;
  /** Milliseconds since the epoch, from the node's own clock. */
  readonly now: number;
}

export type SatisfactionState = 'satisfied' | 'unsatisfied' | 'indeterminate';

export interface ConstraintReport {
  readonly pointer: string;
  readonly leftOperand: string;
  readonly satisfactionState: SatisfactionState;
}

export interface RuleReport {
  readonly pointer: string;
  readonly activationState: 'active' | 'inactive';
  readonly constraints: readonly ConstraintReport[];
}

export type Decision =
  | {
      readonly decision: 'allow';
      readonly agreementHash: Sha256;
      readonly minCellSize: number | null;
      readonly rules: readonly RuleReport[];
      readonly evaluator: string;
    }
  | {
      readonly decision: 'deny';
      readonly reasons: readonly Reason[];
      readonly rules: readonly RuleReport[];
      readonly evaluator: string;
    };

export function evaluate(request: PolicyRequest): Decision {
  const agreement = admitted(request.agreement);
  if (agreement === null) return deny([reason('POLICY_INVALID', '')], []);
  const binding = bindingFaults(agreement, request);
  const permissions = agreement.permission.map((rule, at) => reportRule(rule, `/permission/${at}`, request));
  const prohibitions = agreement.prohibition.map((rule, at) => reportRule(rule, `/prohibition/${at}`, request));
  const rules = [...permissions, ...prohibitions];
  const reasons = [
    ...binding,
    ...permissionFaults(agreement, permissions),
    ...prohibitionFaults(prohibitions),
    ...floorFaults(request),
  ];
  if (reasons.length > 0) return deny(reasons, rules);
  return {
    decision: 'allow',
    agreementHash: contentHash(agreement),
    minCellSize: appliedCellSize(agreement, request),
    rules,
    evaluator: EVALUATOR_VERSION,
  };
}

function admitted(document: unknown): Agreement | null {
  try {
    return admitAgreement(document);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

const deny = (reasons: readonly Reason[], rules: readonly RuleReport[]): Decision => ({
  decision: 'deny',
  reasons: reasons.slice(0, 20),
  rules,
  evaluator: EVALUATOR_VERSION,
});

const hints: Partial<Record<RefusalCode, string>> = {
  PURPOSE: 'The agreement is for another purpose; a query must name the agreed one or a more specific one.',
  PURPOSE_UNKNOWN: 'Name a code of the pinned purpose tree.',
  TABLE_NOT_AGREED: 'This table is not among those agreed; ask for an agreed one or for an amendment.',
  NOT_IN_FORCE: 'The agreement is not in force at this time.',
  NOT_AGREED: 'This agreement is not between these parties for this register and dataset.',
  VERSION_DIFFERS: 'The agreement was made over other versions of models, code lists or lookups.',
  WRONG_REALM: 'Test and production never mix.',
  PROHIBITED: 'A prohibition of the agreement applies.',
  FLOOR: "The holder's own minimum rules do not allow this.",
  POLICY_INVALID: 'The stored agreement is not a valid policy.',
};

const reason = (code: RefusalCode, pointer: string): Reason => ({ code, pointer, hint: hints[code] ?? '' });

/** The agreement must be this holder's with this data user, for this register, dataset and these versions. */
function bindingFaults(agreement: Agreement, request: PolicyRequest): Reason[] {
  const faults: Reason[] = [];
  const expect = (pointer: string, actual: string, expected: string, code: RefusalCode = 'NOT_AGREED') => {
    if (actual !== expected) faults.push(reason(code, pointer));
  };
  expect('/assigner', agreement.assigner, request.holder);
  expect('/assignee', agreement.assignee, request.dataUser);
  expect('/target', agreement.target, request.task.dataset.id);
  expect('/rv:register', agreement['rv:register'], request.register);
  expect('/rv:realm', agreement['rv:realm'], request.realm, 'WRONG_REALM');
  if (!isKnownPurpose(request.purpose)) faults.push(reason('PURPOSE_UNKNOWN', '/purpose'));
  return [...faults, ...versionFaults(agreement, request)];
}

/** Whatever the table's figures depend on must stand in the agreement by the hash that the catalogue names. */
function versionFaults(agreement: Agreement, { task, catalogue }: PolicyRequest): Reason[] {
  const { model, by, measures, coverage } = task.table;
  const lookups = by.flatMap((dimension) => ('lookup' in dimension ? [dimension.lookup] : []));
  const standards = measures.flatMap((measure) => (measure.kind === 'direct-rate' ? [measure.standard] : []));
  const lists = Object.values(task.dataset.grain).map(({ codeList }) => codeList);
  const models = [model, ...coverage.map((denominator) => denominator.model)];
  const differs = (agreed: Record<string, Sha256>, current: Record<string, Sha256>, names: readonly string[]) =>
    names.some((name) => agreed[name] === undefined || agreed[name] !== current[name]);
  return [
    ...(differs(agreement['rv:dataModels'], catalogue.dataModels, models)
      ? [reason('VERSION_DIFFERS', '/rv:dataModels')]
      : []),
    ...(differs(agreement['rv:codeLists'], catalogue.codeLists, lists)
      ? [reason('VERSION_DIFFERS', '/rv:codeLists')]
      : []),
    ...(differs(agreement['rv:lookups'], catalogue.lookups, lookups) ? [reason('VERSION_DIFFERS', '/rv:lookups')] : []),
    ...(differs(agreement['rv:standards'], catalogue.standards, standards)
      ? [reason('VERSION_DIFFERS', '/rv:standards')]
      : []),
  ];
}

function reportRule(rule: Rule, pointer: string, request: PolicyRequest): RuleReport {
  const constraints = rule.constraint.map(
    (constraint, at): ConstraintReport => ({
      pointer: `${pointer}/constraint/${at}`,
      leftOperand: constraint.leftOperand,
      satisfactionState: satisfaction(constraint, request),
    }),
  );
  const isPermission = pointer.startsWith('/permission');
  const holds = ({ satisfactionState }: ConstraintReport): boolean =>
    satisfactionState === 'satisfied' || (!isPermission && satisfactionState === 'indeterminate');
  return {
    pointer,
    activationState: coversAggregate(rule) && constraints.every(holds) ? 'active' : 'inactive',
    constraints,
  };
}

/** rv:aggregate is included in odrl:use. */
const coversAggregate = (rule: Rule): boolean => rule.action === 'rv:aggregate' || rule.action === 'odrl:use';

function satisfaction(constraint: Constraint, request: PolicyRequest): SatisfactionState {
  const state = (holds: boolean): SatisfactionState => (holds ? 'satisfied' : 'unsatisfied');
  switch (constraint.leftOperand) {
    case 'rv:purpose':
      if (!isKnownPurpose(request.purpose)) return 'indeterminate';
      return state(
        constraint.operator === 'eq'
          ? request.purpose === constraint.rightOperand
          : isPurposeA(request.purpose, constraint.rightOperand),
      );
    case 'rv:tables':
      return state(constraint.rightOperand.includes(request.task.tableHash));
    case 'odrl:dateTime': {
      const instant = Date.parse(constraint.rightOperand);
      if (Number.isNaN(instant) || Number.isNaN(request.now)) return 'indeterminate';
      return state(constraint.operator === 'gteq' ? request.now >= instant : request.now < instant);
    }
    case 'rv:minCellSize':
      // The node applies the larger of agreement and floor itself; exact figures apply none, so such a permission never covers them.
      return state(request.task.dataset.mode !== 'O' || Number(constraint.rightOperand) === 0);
  }
}

const codeOf: Record<Constraint['leftOperand'], RefusalCode> = {
  'rv:purpose': 'PURPOSE',
  'rv:tables': 'TABLE_NOT_AGREED',
  'odrl:dateTime': 'NOT_IN_FORCE',
  'rv:minCellSize': 'FLOOR',
};

/** Without an active permission, the constraints that failed say why, each with its pointer. */
function permissionFaults(agreement: Agreement, reports: readonly RuleReport[]): Reason[] {
  if (reports.some(({ activationState }) => activationState === 'active')) return [];
  const failed = reports.flatMap((report, at) =>
    (agreement.permission[at]?.constraint ?? []).flatMap((constraint, constraintAt) => {
      const checked = report.constraints[constraintAt];
      return checked === undefined || checked.satisfactionState === 'satisfied'
        ? []
        : [reason(codeOf[constraint.leftOperand], checked.pointer)];
    }),
  );
  return failed.length > 0 ? failed : [reason('NOT_AGREED', '/permission')];
}

const prohibitionFaults = (reports: readonly RuleReport[]): Reason[] =>
  reports
    .filter(({ activationState }) => activationState === 'active')
    .map(({ pointer }) => reason('PROHIBITED', pointer));

/** The holder's own minimum; no agreement and no message goes below it. */
function floorFaults({ floor, holder, realm, task, cells }: PolicyRequest): Reason[] {
  const faults: Reason[] = [];
  if (floor.holder !== holder || floor.realm !== realm) faults.push(reason('FLOOR', ''));
  if (task.table.by.length > floor.maxDimensions) faults.push(reason('FLOOR', '/maxDimensions'));
  if (cells > floor.maxCells) faults.push(reason('FLOOR', '/maxCells'));
  if (task.dataset.mode === 'O' && !floor.publicDatasets.includes(task.dataset.id))
    faults.push(reason('FLOOR', '/publicDatasets'));
  return faults;
}

/** The larger of agreement and floor; null for exact figures of a public dataset. */
function appliedCellSize(agreement: Agreement, { floor, task }: PolicyRequest): number | null {
  if (task.dataset.mode === 'O') return null;
  const agreed = agreement.permission.flatMap(({ constraint }) =>
    constraint.flatMap((one) => (one.leftOperand === 'rv:minCellSize' ? [Number(one.rightOperand)] : [])),
  );
  return Math.max(floor.minCellSize, ...agreed);
}
