/** The operands: what each constraint says about a request, three-valued; whatever is missing is indeterminate. */
import type { Constraint, LeftOperand, RefusalCode, Sha256 } from '@revier/schema';
import { areApproved } from './approvals.ts';
import type { SatisfactionState, Shown } from './decision.ts';
import { isKnownPurpose, isPurposeA } from './purpose.ts';
import type { Account, Checkpoint, Grain, PolicyRequest, PolicyState } from './snapshot.ts';

export interface Facts {
  readonly request: PolicyRequest;
  readonly state: PolicyState;
  readonly checkpoint: Checkpoint;
  readonly agreementHash: Sha256;
  readonly kind: 'permission' | 'prohibition';
}

export interface Verdict {
  readonly state: SatisfactionState;
  readonly actual: Shown;
}

/** What one constraint says; an evaluator is made of one such judge. */
export type Judge = (constraint: Constraint, facts: Facts) => Verdict;

interface OperandKind {
  readonly code: RefusalCode;
  /** Where it is decided; elsewhere it is deferred. */
  readonly at: readonly Checkpoint[];
  /** Depends on data, on other people's queries or on persons: the researcher does not see the actual value. */
  readonly dataDerived: boolean;
  /** A prohibition may rest on what is public when a query arrives, and on nothing else. */
  readonly inProhibition: boolean;
}

const everywhere: readonly Checkpoint[] = ['P1', 'P2', 'P3', 'P4'];
const open = (code: RefusalCode): OperandKind => ({ code, at: everywhere, dataDerived: false, inProhibition: true });
const limit = (code: RefusalCode): OperandKind => ({ code, at: everywhere, dataDerived: false, inProhibition: false });
/** Charged when a query is accepted, and decided there once. */
const charged = (code: RefusalCode): OperandKind => ({ code, at: ['P1'], dataDerived: true, inProhibition: false });

export const operandKinds: Readonly<Record<LeftOperand, OperandKind>> = {
  'rv:purpose': open('PURPOSE'),
  'rv:register': open('NOT_AGREED'),
  'rv:legalBasis': open('LEGAL_BASIS'),
  'rv:ethicsVote': open('LEGAL_BASIS'),
  'rv:recipientRole': open('RECIPIENT'),
  'rv:recipientSector': open('SECTOR'),
  'odrl:dateTime': open('NOT_IN_FORCE'),
  'rv:minCellSize': { ...limit('FLOOR'), dataDerived: true },
  'rv:measure': open('VARIABLE_NOT_AGREED'),
  'rv:groupVariable': open('VARIABLE_NOT_AGREED'),
  'rv:filterVariable': open('VARIABLE_NOT_AGREED'),
  'rv:tables': open('TABLE_NOT_AGREED'),
  'rv:spatialResolution': limit('GRAIN_TOO_FINE'),
  'rv:temporalResolution': limit('GRAIN_TOO_FINE'),
  'rv:ageBand': limit('GRAIN_TOO_FINE'),
  'rv:maxDimensions': limit('TABLE_NOT_AGREED'),
  'rv:minContributingNodes': { code: 'MIN_NODES', at: ['P3', 'P4'], dataDerived: true, inProhibition: false },
  'rv:budgetCells': charged('BUDGET'),
  'rv:budgetMicroRho': charged('BUDGET'),
  'odrl:count': charged('QUOTA'),
  'rv:approval': { ...limit('APPROVAL'), dataDerived: true },
};

export const isDataDerived = (operand: LeftOperand): boolean => operandKinds[operand].dataDerived;

/** An exception is indeterminate too: nothing that breaks can allow. */
export function judgeConstraint(constraint: Constraint, facts: Facts): Verdict {
  if (!operandKinds[constraint.leftOperand].at.includes(facts.checkpoint)) return { state: 'deferred', actual: null };
  try {
    return judge(constraint, facts);
  } catch {
    return unknown;
  }
}

const unknown: Verdict = { state: 'indeterminate', actual: null };
const verdict = (holds: boolean, actual: Shown): Verdict => ({ state: holds ? 'satisfied' : 'unsatisfied', actual });
const onKnown = <T extends Shown>(actual: T | null, holds: (actual: T) => boolean): Verdict =>
  actual === null ? unknown : verdict(holds(actual), actual);

function judge(constraint: Constraint, facts: Facts): Verdict {
  const { request, state } = facts;
  switch (constraint.leftOperand) {
    case 'rv:purpose':
      return judgePurpose(constraint, facts);
    case 'rv:register':
      return onKnown(state.register?.id ?? null, isOneOf(constraint.rightOperand));
    case 'rv:legalBasis':
      return onKnown(state.register?.legalBasis ?? null, isOneOf(constraint.rightOperand));
    case 'rv:ethicsVote':
      return judgeVote(constraint, state);
    case 'rv:recipientRole':
      return onKnown(state.recipient.roles, (roles) => roles.some(isOneOf(constraint.rightOperand)));
    case 'rv:recipientSector':
      return onKnown(state.recipient.sector, isOneOf(constraint.rightOperand));
    case 'odrl:dateTime':
      return judgeTime(constraint, state.now);
    case 'rv:minCellSize':
      // The node applies the largest threshold itself; exact figures apply none, so such a permission never covers them.
      return verdict(request.mode !== 'O' || Number(constraint.rightOperand) === 0, request.minCellSize);
    case 'rv:measure':
      return judgeSet(constraint, request.measures);
    case 'rv:groupVariable':
      return judgeSet(constraint, request.groupVariables);
    case 'rv:filterVariable':
      return judgeSet(constraint, request.filterVariables);
    case 'rv:tables':
      return judgeSet(constraint, [request.tableHash]);
    case 'rv:spatialResolution':
      return judgeGrain(constraint.rightOperand, request.grains, 'area');
    case 'rv:temporalResolution':
      return judgeGrain(constraint.rightOperand, request.grains, 'year');
    case 'rv:ageBand':
      return judgeGrain(constraint.rightOperand, request.grains, 'age');
    case 'rv:maxDimensions':
      return verdict(request.dimensions <= Number(constraint.rightOperand), request.dimensions);
    default:
      return judgeNodeFact(constraint, facts);
  }
}

type NodeConstraint = Extract<
  Constraint,
  {
    leftOperand: 'rv:minContributingNodes' | 'rv:budgetCells' | 'rv:budgetMicroRho' | 'odrl:count' | 'rv:approval';
  }
>;

/** What only the node's own books know. */
function judgeNodeFact(constraint: NodeConstraint, { state, agreementHash }: Facts): Verdict {
  switch (constraint.leftOperand) {
    case 'rv:minContributingNodes':
      return onKnown(state.roster && new Set(state.roster).size, (nodes) => nodes >= Number(constraint.rightOperand));
    case 'rv:budgetCells':
      return judgeBudget(constraint.rightOperand, state.ledger.cells);
    case 'rv:budgetMicroRho':
      return judgeBudget(constraint.rightOperand, state.ledger.microRho);
    case 'odrl:count':
      return onKnown(
        state.ledger.counts[constraint['rv:per'] ?? 'total'] ?? null,
        (before) => before + 1 <= Number(constraint.rightOperand),
      );
    case 'rv:approval': {
      const { activatedAt, author } = state.agreement;
      if (activatedAt === null) return unknown;
      const terms = { agreement: agreementHash, author, at: activatedAt };
      const shown = state.approvals.map(({ role, person }) => `${role} ${person}`);
      return verdict(areApproved(constraint.rightOperand, state.approvals, terms), shown);
    }
  }
}

const isOneOf =
  (right: string | readonly string[]) =>
  (actual: string): boolean =>
    typeof right === 'string' ? actual === right : right.includes(actual);

/** Permitted when every named purpose fits, prohibited when one does. */
function judgePurpose(constraint: Extract<Constraint, { leftOperand: 'rv:purpose' }>, facts: Facts): Verdict {
  const named = facts.request.purposes;
  if (named.length === 0 || !named.every(isKnownPurpose)) return { state: 'indeterminate', actual: named };
  const fits = (purpose: string): boolean =>
    constraint.operator === 'eq' ? purpose === constraint.rightOperand : isPurposeA(purpose, constraint.rightOperand);
  return verdict(facts.kind === 'permission' ? named.every(fits) : named.some(fits), named);
}

function judgeVote(
  constraint: Extract<Constraint, { leftOperand: 'rv:ethicsVote' }>,
  { register }: PolicyState,
): Verdict {
  const vote = register?.ethicsVote ?? null;
  if (constraint.operator !== 'gt') return onKnown(vote?.reference ?? null, isOneOf(constraint.rightOperand));
  const instant = Date.parse(constraint.rightOperand);
  return onKnown(vote?.issued ?? null, (issued) => issued > instant);
}

function judgeTime(constraint: Extract<Constraint, { leftOperand: 'odrl:dateTime' }>, now: number | null): Verdict {
  const instant = Date.parse(constraint.rightOperand);
  if (Number.isNaN(instant)) return unknown;
  return onKnown(now, (time) => (constraint.operator === 'gteq' ? time >= instant : time < instant));
}

interface SetConstraint {
  readonly operator: 'isPartOf' | 'isAnyOf';
  readonly rightOperand: readonly string[];
}

function judgeSet({ operator, rightOperand }: SetConstraint, asked: readonly string[]): Verdict {
  const stands = isOneOf(rightOperand);
  return verdict(operator === 'isPartOf' ? asked.every(stands) : asked.some(stands), asked);
}

/** Not finer than `right`, on the scale of the dataset's own code list. A level that the list does not have is indeterminate. */
function judgeGrain(right: string, grains: readonly Grain[], concept: Grain['concept']): Verdict {
  const own = grains.filter((grain) => grain.concept === concept);
  const actual = own.map(({ level }) => level);
  if (own.some(({ scale, level }) => !scale.includes(right) || !scale.includes(level)))
    return { state: 'indeterminate', actual };
  return verdict(
    own.every(({ scale, level }) => scale.indexOf(level) >= scale.indexOf(right)),
    actual,
  );
}

const judgeBudget = (right: string, account: Account | null): Verdict =>
  account === null ? unknown : verdict(account.spent + account.cost <= Number(right), account.spent);
