/** Limiting: a holder grants less than was asked for; tables that are too fine or too many are dropped, and limits added. */
import {
  type Agreement,
  AppError,
  type Constraint,
  type Duty,
  type LimitWishes,
  type Permission,
  type Sha256,
  type Table,
} from '@revier/schema';
import { canonicalText, contentHash } from '../query/canonical.ts';
import { isNarrower } from './narrower.ts';
import { judgeConstraint } from './operands.ts';
import type { PolicyRequest, PolicyState } from './snapshot.ts';

/** What a table of the lattice is to the evaluator: how fine it is follows from catalogue and dataset. */
export type RequestOf = (table: Table) => PolicyRequest;

/**
 * The agreement with these wishes; its timestamp is the moment at which it was limited.
 * @throws AppError INVALID_REQUEST when no table or no permission would be left, or a table is named that was not asked for
 */
export function limitAgreement(
  asked: Agreement,
  wishes: LimitWishes,
  { requestOf, timestamp }: { readonly requestOf: RequestOf; readonly timestamp: string },
): Agreement {
  const added = constraintsOf(wishes);
  const named = namedTables(asked, wishes.tables);
  const lattice = asked['rv:lattice'].filter((table) => {
    const request = requestOf(table);
    return (named?.has(contentHash(table)) ?? true) && isAllowed(request, added) && isWithout(request, wishes);
  });
  if (lattice.length === 0) throw AppError.at('INVALID_REQUEST', '', 'No table that was asked for would be left.');
  const kept = new Set(lattice.map(contentHash));
  const permission = asked.permission
    .map((rule) => limited(rule, kept, added, wishes.duties ?? []))
    .filter((rule) => !rule.constraint.some((one) => one.leftOperand === 'rv:tables' && one.rightOperand.length === 0));
  if (permission.length === 0) throw AppError.at('INVALID_REQUEST', '', 'No permission would be left.');
  return { ...asked, timestamp, 'rv:lattice': lattice, permission: withDistinctDuties(permission) };
}

function constraintsOf(wishes: LimitWishes): Constraint[] {
  const { spatial, temporal, age, minCellSize, maxDimensions, budgetCells, questions, until, constraints } = wishes;
  const limits: (Constraint | undefined)[] = [
    spatial === undefined
      ? undefined
      : { leftOperand: 'rv:spatialResolution', operator: 'lteq', rightOperand: spatial },
    temporal === undefined
      ? undefined
      : { leftOperand: 'rv:temporalResolution', operator: 'lteq', rightOperand: temporal },
    age === undefined ? undefined : { leftOperand: 'rv:ageBand', operator: 'lteq', rightOperand: age },
    minCellSize === undefined
      ? undefined
      : { leftOperand: 'rv:minCellSize', operator: 'gteq', rightOperand: String(minCellSize) },
    maxDimensions === undefined
      ? undefined
      : { leftOperand: 'rv:maxDimensions', operator: 'lteq', rightOperand: String(maxDimensions) },
    budgetCells === undefined
      ? undefined
      : { leftOperand: 'rv:budgetCells', operator: 'lteq', rightOperand: String(budgetCells) },
    questions === undefined
      ? undefined
      : { leftOperand: 'odrl:count', operator: 'lteq', rightOperand: String(questions) },
    until === undefined ? undefined : { leftOperand: 'odrl:dateTime', operator: 'lt', rightOperand: until },
  ];
  return [...limits.flatMap((one) => one ?? []), ...(constraints ?? [])];
}

/** Limits that a table by itself can break; budgets, times and people are decided when somebody asks. */
const ofTables: readonly Constraint['leftOperand'][] = [
  'rv:spatialResolution',
  'rv:temporalResolution',
  'rv:ageBand',
  'rv:maxDimensions',
  'rv:measure',
  'rv:groupVariable',
  'rv:filterVariable',
];

const nobody: PolicyState = {
  now: null,
  agreement: { signedBy: [], status: null, tightened: false, author: null, activatedAt: null },
  recipient: { roles: null, sector: null },
  register: null,
  ledger: { cells: null, microRho: null, counts: {} },
  approvals: [],
  duties: [],
  roster: null,
};

const isAllowed = (request: PolicyRequest, added: readonly Constraint[]): boolean =>
  added
    .filter(({ leftOperand }) => ofTables.includes(leftOperand))
    .every((constraint) => {
      const facts = {
        request,
        state: nobody,
        checkpoint: 'P1',
        agreementHash: request.agreement,
        kind: 'permission',
      } as const;
      return judgeConstraint(constraint, facts).state === 'satisfied';
    });

const isWithout = (
  { groupVariables, filterVariables }: PolicyRequest,
  { withoutVariables = [] }: LimitWishes,
): boolean => ![...groupVariables, ...filterVariables].some((name) => withoutVariables.includes(name));

function namedTables(asked: Agreement, names: readonly string[] | undefined): ReadonlySet<Sha256> | undefined {
  if (names === undefined) return undefined;
  const all = asked['rv:lattice'].map(contentHash);
  return new Set(
    names.map((name, at) => {
      const found = all.filter((hash) => hash.startsWith(name) || hash.startsWith(`sha256:${name}`));
      const [only] = found;
      if (only === undefined || found.length > 1)
        throw AppError.at('INVALID_REQUEST', `/tables/${at}`, 'This names no table, or several, of those asked for.');
      return only;
    }),
  );
}

function limited(
  rule: Permission,
  kept: ReadonlySet<string>,
  added: readonly Constraint[],
  duties: readonly Omit<Duty, '@id'>[],
): Permission {
  const own = rule.constraint.map((one) =>
    one.leftOperand === 'rv:tables' ? { ...one, rightOperand: one.rightOperand.filter((hash) => kept.has(hash)) } : one,
  );
  const constraint = added.reduce<Constraint[]>(withLimit, own);
  const has = (duty: Omit<Duty, '@id'>): boolean =>
    (rule.duty ?? []).some(({ '@id': _, ...rest }) => canonicalText(rest) === canonicalText(duty));
  const duty = [...(rule.duty ?? []), ...duties.filter((one) => !has(one)).map((one) => ({ '@id': '', ...one }))];
  return { ...rule, constraint, ...(duty.length === 0 ? {} : { duty }) };
}

/** A limit takes the place of one that it only tightens, and stands beside any other; one that is there more tightly stays. */
function withLimit(all: Constraint[], added: Constraint): Constraint[] {
  if (all.some((one) => isNarrower(one, added))) return all;
  return [...all.filter((one) => !isNarrower(added, one)), added];
}

/** New duties get the numbers that are free. */
function withDistinctDuties(permissions: readonly Permission[]): Permission[] {
  const taken = new Set(permissions.flatMap(({ duty = [] }) => duty.map((one) => one['@id'])));
  let next = 1;
  const fresh = (): string => {
    while (taken.has(`#d${next}`)) next++;
    return `#d${next++}`;
  };
  return permissions.map((rule) =>
    rule.duty === undefined
      ? rule
      : { ...rule, duty: rule.duty.map((one) => (one['@id'] === '' ? { ...one, '@id': fresh() } : one)) },
  );
}
