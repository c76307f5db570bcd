/** Narrower: whether one limit keeps another, and whether one agreement grants nothing that another does not. */
import type { Agreement, Constraint, Permission, ProblemError } from '@revier/schema';
import { canonicalText, contentHash } from '../query/canonical.ts';
import { isPurposeA } from './purpose.ts';

/** Whether whatever satisfies `narrow` in a permission satisfies `wide`. Sound, not complete: levels have no order here, so only equal ones compare. */
export function isNarrower(narrow: Constraint, wide: Constraint): boolean {
  if (canonicalText(narrow) === canonicalText(wide)) return true;
  if (narrow.leftOperand !== wide.leftOperand) return false;
  if (narrow.leftOperand === 'rv:purpose' && wide.leftOperand === 'rv:purpose')
    return wide.operator === 'isA' && isPurposeA(narrow.rightOperand, wide.rightOperand);
  if (kindOf(narrow) !== kindOf(wide)) return false;
  return comparing(narrow, wide);
}

const kindOf = (one: Constraint): string => `${one.operator} ${'rv:per' in one ? one['rv:per'] : ''}`;

function comparing(narrow: Constraint, wide: Constraint): boolean {
  if (narrow.leftOperand === 'odrl:dateTime' && wide.leftOperand === 'odrl:dateTime')
    return isTighter(narrow.operator, Date.parse(narrow.rightOperand), Date.parse(wide.rightOperand));
  const [own, other] = [narrow.rightOperand, wide.rightOperand];
  if (Array.isArray(own) && Array.isArray(other))
    return narrow.operator === 'isAllOf' ? isSubset(other, own) : isSubset(own, other);
  const numbers = [own, other].map(Number);
  const [a, b] = numbers;
  return a !== undefined && b !== undefined && !numbers.some(Number.isNaN) && isTighter(narrow.operator, a, b);
}

const isTighter = (operator: Constraint['operator'], narrow: number, wide: number): boolean =>
  (operator === 'gteq' && narrow >= wide) || ((operator === 'lteq' || operator === 'lt') && narrow <= wide);

const isSubset = (some: readonly unknown[], all: readonly unknown[]): boolean => some.every((one) => all.includes(one));

/** What a limited draft may differ in. */
const limitable = ['rv:lattice', 'permission', 'prohibition', 'timestamp'];

/** Places at which `limited` grants something that was not asked for, or is about something else; none: it only takes away. */
export function wideningFaults(asked: Agreement, limited: Agreement): ProblemError[] {
  const [before, after] = [Object.entries(asked), Object.entries(limited)].map(
    (terms) =>
      new Map(terms.filter(([name]) => !limitable.includes(name)).map(([name, term]) => [name, canonicalText(term)])),
  );
  const names = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  const tables = new Set(asked['rv:lattice'].map(contentHash));
  return [
    ...[...names]
      .filter((name) => before?.get(name) !== after?.get(name))
      .map((name) => fault(`/${name}`, 'A limited draft does not change this.')),
    ...limited['rv:lattice'].flatMap((table, at) =>
      tables.has(contentHash(table)) ? [] : [fault(`/rv:lattice/${at}`, 'This table was not asked for.')],
    ),
    ...limited.permission.flatMap((rule, at) => permissionFaults(asked, rule, `/permission/${at}`)),
    ...asked.prohibition.flatMap((rule) =>
      limited.prohibition.some((one) => canonicalText(one) === canonicalText(rule))
        ? []
        : [fault('/prohibition', `The prohibition ${rule['@id']} is missing.`)],
    ),
  ];
}

function permissionFaults(asked: Agreement, rule: Permission, pointer: string): ProblemError[] {
  const wide = asked.permission.find((one) => one['@id'] === rule['@id']);
  if (wide === undefined || wide.action !== rule.action) return [fault(pointer, 'This permission was not asked for.')];
  const lost = wide.constraint.filter((one) => !rule.constraint.some((own) => isNarrower(own, one)));
  const undone = (wide.duty ?? []).filter(
    (duty) => !(rule.duty ?? []).some((own) => canonicalText(own) === canonicalText(duty)),
  );
  return [
    ...lost.map(({ leftOperand }) => fault(`${pointer}/constraint`, `The limit ${leftOperand} is wider, or gone.`)),
    ...undone.map((duty) => fault(`${pointer}/duty`, `The duty ${duty['@id']} is changed, or gone.`)),
  ];
}

const fault = (pointer: string, detail: string): ProblemError => ({ pointer, detail });
