/**
 * The same rules in Cedar, made from agreement and floor by a compiler that shares nothing with the evaluator: purposes and
 * actions are entity hierarchies, presence is encoded with `has`, approvals by Hall's theorem, deadlines by Cedar's arithmetic.
 */
import type { Agreement, Constraint, Duty, Floor, Permission, Prohibition } from '@revier/schema';
import { SCALES } from './random-policies.case.ts';

const text = (of: string): string => JSON.stringify(of);
const set = (of: readonly string[]): string => `[${of.map(text).join(', ')}]`;
const listOf = (of: string | readonly string[]): readonly string[] => (typeof of === 'string' ? [of] : of);
const ms = (zoned: string): number => Date.parse(zoned);

/** A condition over one fact: for a permission the fact must be there, for a prohibition its absence counts as met. */
const guarded = (kind: 'permit' | 'forbid', fact: string, condition: string): string =>
  kind === 'permit' ? `(context has ${fact} && (${condition}))` : `(!(context has ${fact}) || (${condition}))`;

const atP1 = (condition: string): string => `(context.checkpoint != "P1" || (${condition}))`;
const afterP2 = (condition: string): string => `(["P1", "P2"].contains(context.checkpoint) || (${condition}))`;

function purposeCondition(kind: 'permit' | 'forbid', operator: string, right: string): string {
  const fits = (named: string): string =>
    operator === 'eq' ? `${named} == Purpose::${text(right)}` : `${named} in Purpose::${text(right)}`;
  const known = '(context.first in Purpose::"known" && context.second in Purpose::"known")';
  return kind === 'permit'
    ? `(${known} && ${fits('context.first')} && ${fits('context.second')})`
    : `(!${known} || ${fits('context.first')} || ${fits('context.second')})`;
}

const within = (operator: string, asked: string, right: readonly string[]): string =>
  operator === 'isPartOf' ? `${set(right)}.containsAll(${asked})` : `${set(right)}.containsAny(${asked})`;

const atLeast = (scale: readonly string[], fact: string, right: string): string =>
  `(!(context has ${fact}) || context.${fact} >= ${scale.indexOf(right)})`;

/** Every choice of at least one. */
export const choicesOf = ([role, ...rest]: readonly string[]): string[][] =>
  role === undefined ? [] : [[role], ...choicesOf(rest), ...choicesOf(rest).map((choice) => [role, ...choice])];

/** Roles can be given to distinct persons iff every choice of roles has as many persons as roles. */
function approvalCondition(roles: readonly string[]): string {
  const choices = choicesOf(roles);
  const enough = choices.map((choice) => `context.approvers.${[...choice].sort().join('_')} >= ${choice.length}`);
  return `(${enough.join(' && ')})`;
}

function conditionOf(constraint: Constraint, kind: 'permit' | 'forbid'): string {
  const { operator, rightOperand: right } = constraint;
  const facts: Partial<Record<Constraint['leftOperand'], string>> = {
    'rv:register': guarded(kind, 'register', `${set(listOf(right))}.contains(context.register)`),
    'rv:legalBasis': guarded(kind, 'legalBasis', `${set(listOf(right))}.contains(context.legalBasis)`),
    'rv:recipientRole': guarded(kind, 'roles', `${set(listOf(right))}.containsAny(context.roles)`),
    'rv:recipientSector': guarded(kind, 'sector', `${set(listOf(right))}.contains(context.sector)`),
    'rv:measure': within(operator, 'context.measures', listOf(right)),
    'rv:groupVariable': within(operator, 'context.groupVariables', listOf(right)),
    'rv:filterVariable': within(operator, 'context.filterVariables', listOf(right)),
    'rv:tables': `${set(listOf(right))}.contains(context.table)`,
  };
  const found = facts[constraint.leftOperand];
  return found ?? conditionOfLimit(constraint, kind);
}

function conditionOfLimit(constraint: Constraint, kind: 'permit' | 'forbid'): string {
  switch (constraint.leftOperand) {
    case 'rv:purpose':
      return purposeCondition(kind, constraint.operator, constraint.rightOperand);
    case 'odrl:dateTime':
      return guarded(
        kind,
        'now',
        `context.now ${constraint.operator === 'lt' ? '<' : '>='} ${ms(constraint.rightOperand)}`,
      );
    case 'rv:ethicsVote':
      if (constraint.operator !== 'gt') throw new Error('not among the random constraints');
      return guarded(kind, 'voteIssued', `context.voteIssued > ${ms(constraint.rightOperand)}`);
    case 'rv:minCellSize':
      return `(context.mode != "O" || ${constraint.rightOperand} == 0)`;
    case 'rv:spatialResolution':
      return atLeast(SCALES.area, 'areaRank', constraint.rightOperand);
    case 'rv:temporalResolution':
      return atLeast(SCALES.year, 'yearRank', constraint.rightOperand);
    case 'rv:ageBand':
      return atLeast(SCALES.age, 'ageRank', constraint.rightOperand);
    case 'rv:maxDimensions':
      return `context.dimensions <= ${constraint.rightOperand}`;
    case 'rv:minContributingNodes':
      return afterP2(guarded(kind, 'nodes', `context.nodes >= ${constraint.rightOperand}`));
    case 'rv:budgetCells':
      return atP1(guarded(kind, 'cellsSpent', `context.cellsSpent + context.cellsCost <= ${constraint.rightOperand}`));
    case 'rv:budgetMicroRho':
      return atP1(guarded(kind, 'rhoSpent', `context.rhoSpent + context.rhoCost <= ${constraint.rightOperand}`));
    case 'odrl:count': {
      const fact = constraint['rv:per'] === undefined ? 'countTotal' : `count${constraint['rv:per']}`;
      return atP1(guarded(kind, fact, `context.${fact} < ${constraint.rightOperand}`));
    }
    case 'rv:approval':
      return guarded(kind, 'approvers', approvalCondition(constraint.rightOperand));
    default:
      throw new Error(`${constraint.leftOperand} stands in the table above`);
  }
}

const DAY = 86_400_000;

/** A planner alone has a standing mandate; else what was triggered must be done, or not yet due. */
function dutyCondition(duty: Duty): string {
  const [deadline] = duty.constraint;
  if (deadline === undefined) return 'true';
  const days = /^P(\d+)D$/.exec(deadline.rightOperand)?.[1];
  if (days === undefined) throw new Error('random duties count days');
  const name = `duty${duty['@id'].slice(2)}`;
  const inTime = `(!(context.${name} has since) || (context has now && context.now <= context.${name}.since + ${Number(days) * DAY}))`;
  const mandate = '(context has roles && context.roles == ["planner"])';
  return atP1(`${mandate} || (context has ${name} && (context.${name}.done || ${inTime}))`);
}

const all = (conditions: readonly string[]): string => (conditions.length === 0 ? 'true' : conditions.join('\n  && '));

const permit = ({ action, constraint, duty = [] }: Permission): string =>
  `permit(principal, action in Action::${text(action)}, resource) when {
  ${all([...constraint.map((one) => conditionOf(one, 'permit')), ...duty.map(dutyCondition)])} };`;

const forbid = ({ action, constraint }: Prohibition): string =>
  `forbid(principal, action in Action::${text(action)}, resource) when {
  ${all(constraint.map((one) => conditionOf(one, 'forbid')))} };`;

const bindingOf = (agreement: Agreement): string[] => [
  `principal == Org::${text(agreement.assignee)}`,
  `resource == Dataset::${text(agreement.target)}`,
  `context.realm == ${text(agreement['rv:realm'])}`,
  `context.signedBy.containsAll(${set([agreement.assigner, agreement.assignee])})`,
  'context.status == "ACTIVE" || (context.status == "SUPERSEDED" && context.checkpoint != "P1" && !context.tightened)',
  'context.first in Purpose::"known" && context.second in Purpose::"known"',
  'context has approved && context.first in context.approved && context.second in context.approved',
  '!(context.first in Purpose::"public" || context.second in Purpose::"public") || (context has sector && ["public-body", "mandatee"].contains(context.sector))',
];

function floorOf(floor: Floor, target: string): string[] {
  const open = floor.publicDatasets.includes(target) ? 'true' : 'context.mode != "O"';
  const finest = Object.entries(floor.finest ?? {}).map(([concept, level]) => {
    const scale = concept === 'area' ? SCALES.area : SCALES.age;
    return atLeast(scale, `${concept}Rank`, level);
  });
  return [
    `context.dimensions <= ${floor.maxDimensions} && context.cells <= ${floor.maxCells}`,
    open,
    ...(floor.maxCellsPerAgreement === undefined
      ? []
      : [
          `context.mode == "O" || (context has cellsSpent && context has cellsCost && context.cellsSpent + context.cellsCost <= ${floor.maxCellsPerAgreement})`,
        ]),
    `${set(floor.modes ?? ['O', 'L'])}.contains(context.mode)`,
    floor.attestation === 'broker' ? 'true' : 'context.attestation == "user"',
    ...finest,
  ];
}

/** The text of a Cedar policy set. */
export const cedarOf = (agreement: Agreement, floor: Floor): string =>
  [
    ...agreement.permission.map(permit),
    ...agreement.prohibition.map(forbid),
    ...(floor.prohibition ?? []).map(forbid),
    // One policy for everything that must hold anyway: Cedar's time grows with their number.
    `forbid(principal, action, resource) unless {
  ${all([...bindingOf(agreement), ...floorOf(floor, agreement.target)].map((one) => `(${one})`))} };`,
  ].join('\n');
