/** Standing policies: what a holder wants decided by itself. The first that fits decides; what is not known fits none, and waits. */
import type {
  Agreement,
  Constraint,
  LegalBasisCode,
  Permission,
  PolicyMode,
  RecipientSector,
  StandingPolicy,
} from '@revier/schema';
import { contentHash } from '../query/canonical.ts';
import { addDuration } from './durations.ts';
import { isPurposeA } from './purpose.ts';

/** What is known of an application; null is not known. */
export interface StandingFacts {
  /** The agreement as it would come into force. */
  readonly draft: Agreement;
  readonly mode: PolicyMode | null;
  readonly sector: RecipientSector | null;
  readonly legalBasis: LegalBasisCode | null;
  /** Of an agreement that is in force. */
  readonly isAmendment: boolean;
  readonly isLatticeSafe: boolean | null;
}

/** Undefined: people decide. @param now seconds since the epoch */
export const standingDecision = (
  policies: readonly StandingPolicy[],
  facts: StandingFacts,
  now: number,
): StandingPolicy | undefined => policies.find(({ iat, exp, when }) => iat <= now && now < exp && fits(when, facts));

type When = StandingPolicy['when'];
type Condition = (when: When, facts: StandingFacts) => boolean;

const given = <T>(wanted: T | undefined, holds: (wanted: T) => boolean): boolean =>
  wanted === undefined || holds(wanted);
const isIn = <T>(list: readonly T[], one: T | null): boolean => one !== null && list.includes(one);
const everyPermission = ({ draft }: StandingFacts, holds: (rule: Permission) => boolean): boolean =>
  draft.permission.every(holds);

type Of<L extends Constraint['leftOperand']> = Extract<Constraint, { leftOperand: L }>;
const of = <L extends Constraint['leftOperand']>({ constraint }: Permission, left: L): Of<L>[] =>
  constraint.filter((one): one is Of<L> => one.leftOperand === left);

/** Each one stays fulfilled when an offer is narrowed: fewer tables, higher thresholds, shorter terms, more duties. */
const conditions: Readonly<Record<keyof When, Condition>> = {
  dataUsers: (when, { draft }) => given(when.dataUsers, (all) => all.includes(draft.assignee)),
  sectors: (when, { sector }) => given(when.sectors, (all) => isIn(all, sector)),
  purposes: (when, facts) => given(when.purposes, (all) => everyPermission(facts, (rule) => isForOneOf(rule, all))),
  legalBases: (when, { legalBasis }) => given(when.legalBases, (all) => isIn(all, legalBasis)),
  datasets: (when, { draft }) => given(when.datasets, (all) => all.includes(draft.target)),
  modes: (when, { mode }) => given(when.modes, (all) => isIn(all, mode)),
  tables: (when, { draft }) =>
    given(when.tables, (all) => draft['rv:lattice'].every((table) => all.includes(contentHash(table)))),
  maxTables: (when, { draft }) => given(when.maxTables, (most) => draft['rv:lattice'].length <= most),
  maxDimensions: (when, { draft }) =>
    given(when.maxDimensions, (most) => draft['rv:lattice'].every(({ by }) => by.length <= most)),
  minCellSize: (when, facts) =>
    given(when.minCellSize, (least) => everyPermission(facts, (rule) => cellSizeOf(rule) >= least)),
  longest: (when, facts) =>
    given(when.longest, (term) => everyPermission(facts, (rule) => isNoLongerThan(rule, facts.draft.timestamp, term))),
  duties: (when, facts) =>
    given(when.duties, (all) =>
      everyPermission(facts, ({ duty = [] }) => all.every((action) => duty.some((one) => one.action === action))),
    ),
  amendment: (when, { isAmendment }) => given(when.amendment, () => isAmendment),
  safeLattice: (when, { isLatticeSafe }) => given(when.safeLattice, () => isLatticeSafe === true),
};

const fits = (when: When, facts: StandingFacts): boolean =>
  Object.values(conditions).every((holds) => holds(when, facts));

const isForOneOf = (rule: Permission, purposes: readonly string[]): boolean =>
  of(rule, 'rv:purpose').some(({ rightOperand }) => purposes.some((purpose) => isPurposeA(rightOperand, purpose)));

/** What the agreement itself asks for: the floor may ask for more. */
const cellSizeOf = (rule: Permission): number =>
  Math.max(0, ...of(rule, 'rv:minCellSize').map(({ rightOperand }) => Number(rightOperand)));

/** From its beginning, or the agreement's where it names none; without an end it is too long for everybody. */
function isNoLongerThan(rule: Permission, timestamp: string, longest: string): boolean {
  const times = (operator: 'gteq' | 'lt'): number[] =>
    of(rule, 'odrl:dateTime').flatMap((one) => (one.operator === operator ? [Date.parse(one.rightOperand)] : []));
  const start = Math.max(Date.parse(timestamp), ...times('gteq'));
  return Math.min(...times('lt')) <= addDuration(start, longest);
}
