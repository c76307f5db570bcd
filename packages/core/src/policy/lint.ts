/** The admission linter: policies that conflict with themselves, are ambiguous, or can never fire. */
import type { Agreement, Constraint, Floor, Permission, PolicyOffer, Prohibition } from '@revier/schema';
import { canonicalText, contentHash } from '../query/canonical.ts';
import { type Finding, finding } from './findings.ts';
import { isPublicPurpose, isPurposeA } from './purpose.ts';
import { includes } from './rules.ts';

type Policy = Agreement | PolicyOffer;
type Of<L extends Constraint['leftOperand']> = Extract<Constraint, { leftOperand: L }>;

/** For an admitted policy; the floor, where known, tells what will be applied in its place. */
export const lintPolicy = (policy: Policy, floor?: Floor): Finding[] => [
  ...policy.permission.flatMap((rule, at) => permissionFindings(rule, `/permission/${at}`, floor)),
  ...policy.permission.flatMap((rule, at) =>
    isShadowed(rule, policy) ? [finding('SHADOWED', `/permission/${at}`)] : [],
  ),
  ...conflicts(policy),
  ...ambiguities(policy),
  ...unusedTables(policy),
];

const of = <L extends Constraint['leftOperand']>({ constraint }: Permission | Prohibition, left: L): Of<L>[] =>
  constraint.filter((one): one is Of<L> => one.leftOperand === left);

function permissionFindings(rule: Permission, pointer: string, floor: Floor | undefined): Finding[] {
  const isEmpty = isWindowEmpty(rule);
  const checks: readonly [boolean, Parameters<typeof finding>[0]][] = [
    [isEmpty, 'WINDOW_EMPTY'],
    [!isEmpty && isUnsatisfiable(rule), 'NEVER_FIRES'],
    [isOutsideSector(rule), 'PURPOSE_OUTSIDE_SECTOR'],
    [of(rule, 'odrl:dateTime').every(({ operator }) => operator !== 'lt'), 'WINDOW_OPEN'],
    [of(rule, 'rv:purpose').length === 0, 'PURPOSE_OPEN'],
    [of(rule, 'rv:tables').length === 0, 'TABLES_OPEN'],
  ];
  return [
    ...checks.flatMap(([holds, code]) => (holds ? [finding(code, pointer)] : [])),
    ...repeated(rule).map((at) => finding('REPEATED', `${pointer}/constraint/${at}`)),
    ...belowFloor(rule, floor).map((at) => finding('BELOW_FLOOR', `${pointer}/constraint/${at}`)),
  ];
}

function isWindowEmpty(rule: Permission): boolean {
  const times = of(rule, 'odrl:dateTime');
  const at = (operator: string): number[] =>
    times.filter((one) => one.operator === operator).map(({ rightOperand }) => Date.parse(rightOperand));
  return Math.max(...at('gteq')) >= Math.min(...at('lt'));
}

/** Sound, not complete: what is found can never fire. */
function isUnsatisfiable(rule: Permission): boolean {
  const isZero = rule.constraint.some(
    ({ leftOperand, rightOperand }) =>
      (leftOperand === 'odrl:count' || leftOperand === 'rv:budgetCells') && rightOperand === '0',
  );
  const lists = (['rv:tables', 'rv:recipientSector', 'rv:measure'] as const).map((left) =>
    of(rule, left).map(({ rightOperand }): readonly string[] => rightOperand),
  );
  return isZero || lists.some(areDisjoint) || arePurposesApart(of(rule, 'rv:purpose'));
}

/** Nothing stands in all of them. Not for roles: a person can have two. */
const areDisjoint = ([first, ...rest]: readonly (readonly string[])[]): boolean =>
  first !== undefined && rest.length > 0 && !first.some((item) => rest.every((list) => list.includes(item)));

/** Two purposes of which neither stands below the other have no purpose in common: the tree has one parent each. */
const arePurposesApart = (all: readonly Of<'rv:purpose'>[]): boolean =>
  all.some((a) =>
    all.some((b) => {
      const isBelow = isPurposeA(a.rightOperand, b.rightOperand) || isPurposeA(b.rightOperand, a.rightOperand);
      return !isBelow || (a.operator === 'eq' && b.operator === 'eq' && a.rightOperand !== b.rightOperand);
    }),
  );

const isOutsideSector = (rule: Permission): boolean =>
  of(rule, 'rv:purpose').some(({ rightOperand }) => isPublicPurpose(rightOperand)) &&
  of(rule, 'rv:recipientSector').some(
    ({ rightOperand }) => !rightOperand.includes('public-body') && !rightOperand.includes('mandatee'),
  );

/** Places of limits that say again what an earlier one of the same kind said. */
function repeated({ constraint }: Permission): number[] {
  const seen = new Set<string>();
  return constraint.flatMap((one, at) => {
    const kind = [one.leftOperand, one.operator, 'rv:per' in one ? one['rv:per'] : ''].join(' ');
    if (seen.has(kind)) return [at];
    seen.add(kind);
    return [];
  });
}

const belowFloor = ({ constraint }: Permission, floor: Floor | undefined): number[] =>
  constraint.flatMap((one, at) =>
    floor !== undefined && one.leftOperand === 'rv:minCellSize' && Number(one.rightOperand) < floor.minCellSize
      ? [at]
      : [],
  );

/** Whatever fits the permission fits the prohibition: each of its conditions stands in the permission too, or it has none. */
function isShadowed(rule: Permission, { prohibition }: Policy): boolean {
  const own = new Set(rule.constraint.map(canonicalText));
  return prohibition.some(
    (against) =>
      includes(against.action, rule.action) && against.constraint.every((one) => own.has(canonicalText(one))),
  );
}

const conflicts = ({ permission, prohibition }: Policy): Finding[] =>
  prohibition.flatMap((against, at) =>
    against.constraint.length > 0 &&
    permission.some(({ action }) => includes(against.action, action) || includes(action, against.action))
      ? [finding('CONFLICT', `/prohibition/${at}`)]
      : [],
  );

const limits: readonly Constraint['leftOperand'][] = [
  'rv:minCellSize',
  'rv:budgetCells',
  'rv:budgetMicroRho',
  'odrl:count',
  'rv:maxDimensions',
  'rv:minContributingNodes',
  'rv:approval',
];

/** Permissions of one action and purpose that differ in limits or duties. */
function ambiguities({ permission }: Policy): Finding[] {
  const occasion = (rule: Permission): string =>
    canonicalText([rule.action, of(rule, 'rv:purpose'), of(rule, 'rv:tables'), of(rule, 'odrl:dateTime')]);
  const limitsOf = ({ constraint }: Permission): string =>
    canonicalText(
      constraint
        .filter(({ leftOperand }) => limits.includes(leftOperand))
        .map(canonicalText)
        .sort(),
    );
  return permission.flatMap((rule, at) => {
    const like = permission.filter((other, place) => place !== at && occasion(other) === occasion(rule));
    return [
      ...(like.some((other) => limitsOf(other) !== limitsOf(rule)) ? [finding('AMBIGUOUS', `/permission/${at}`)] : []),
      ...(rule.duty ?? []).flatMap((_, duty) =>
        like.some((other) => (other.duty ?? []).length === 0)
          ? [finding('DUTY_AVOIDABLE', `/permission/${at}/duty/${duty}`)]
          : [],
      ),
    ];
  });
}

function unusedTables(policy: Policy): Finding[] {
  const named = policy.permission.flatMap((rule) => of(rule, 'rv:tables').flatMap(({ rightOperand }) => rightOperand));
  if (policy.permission.some((rule) => of(rule, 'rv:tables').length === 0)) return [];
  return policy['rv:lattice'].flatMap((table, at) =>
    named.includes(contentHash(table)) ? [] : [finding('TABLE_UNUSED', `/rv:lattice/${at}`)],
  );
}
