/** The assessment of a dry run: what the decision comes to, what is left of the limits, and how much of a figure released before was withheld. */
import { decodeRelease } from '@revier/connector-sdk';
import { type Decision, type PolicyInput, type PolicyRequest, type PolicyState, researcherView } from '@revier/core';
import { type Assessment, cellStatuses, type Permission, type Reason } from '@revier/schema';
import type { KeptBody } from '../ports.ts';
import type { PlannedFacts } from './gate.ts';

export interface Decided {
  readonly input: PolicyInput;
  readonly decision: Decision;
  /** As the agreement was admitted. */
  readonly permissions: readonly Permission[];
}

/** @param kept the body that this very table was released as before */
export function assessmentOf(
  { own }: PlannedFacts,
  { input, decision, permissions }: Decided,
  kept: KeptBody | undefined,
): Assessment {
  const { request, state } = input;
  const seen = researcherView(decision);
  return {
    wouldAnswer: decision.decision === 'allow',
    reasons: decision.decision === 'deny' ? [...decision.reasons] : [],
    agreement: decision.agreementHash,
    table: own.tableHash,
    mode: own.dataset.mode,
    minCellSize: decision.decision === 'allow' ? decision.minCellSize : null,
    grain: grainOf(own.table.by, request.grains),
    cells: request.cells,
    left: leftOf(permissions, new Set(activeOf(seen.rules)), state.ledger),
    withheldPercent: kept === undefined ? null : withheldPercent(kept),
  };
}

/** Where it does not come to a decision: no agreement that the query names, or an epoch that is sealed. */
export const refusalForeseen = ({ own }: PlannedFacts, cells: number, reasons: readonly Reason[]): Assessment => ({
  wouldAnswer: false,
  reasons: [...reasons],
  agreement: null,
  table: own.tableHash,
  mode: own.dataset.mode,
  minCellSize: null,
  grain: grainOf(own.table.by, []),
  cells,
  left: { cells: null, queries: null },
  withheldPercent: null,
});

const activeOf = (rules: Decision['rules']): string[] =>
  rules.flatMap(({ pointer, activationState }) => (activationState === 'active' ? [pointer] : []));

/** A lookup is as fine as the areas that it groups. */
const grainOf = (by: PlannedFacts['own']['table']['by'], grains: PolicyRequest['grains']): Assessment['grain'] =>
  by.flatMap((dimension) => {
    const { variable } = dimension;
    const level = 'level' in dimension ? dimension.level : grains.find((one) => one.variable === variable)?.level;
    return level === undefined ? [] : [{ variable, level }];
  });

type Ledger = PolicyState['ledger'];

/** Of the permissions that would carry the query, or of all where none does: one of them suffices, so the largest counts. */
function leftOf(permissions: readonly Permission[], active: ReadonlySet<string>, ledger: Ledger): Assessment['left'] {
  const carrying = permissions.filter((_, at) => active.size === 0 || active.has(`/permission/${at}`));
  const each = carrying.map(({ constraint }) => limitsOf(constraint, ledger));
  return { cells: largest(each.map(({ cells }) => cells)), queries: largest(each.map(({ queries }) => queries)) };
}

/** No limit at all is more than any. */
const largest = (all: readonly (number | null)[]): number | null => {
  const limited = all.filter((one) => one !== null);
  return limited.length === 0 || limited.length < all.length ? null : Math.max(...limited);
};

function limitsOf(constraints: Permission['constraint'], ledger: Ledger): Assessment['left'] {
  const [cells, queries]: [number[], number[]] = [[], []];
  for (const constraint of constraints) {
    if (constraint.leftOperand === 'rv:budgetCells' && ledger.cells !== null)
      cells.push(Number(constraint.rightOperand) - ledger.cells.spent);
    const counted =
      constraint.leftOperand === 'odrl:count' ? ledger.counts[constraint['rv:per'] ?? 'total'] : undefined;
    if (constraint.leftOperand === 'odrl:count' && counted !== undefined)
      queries.push(Number(constraint.rightOperand) - counted);
  }
  return { cells: least(cells), queries: least(queries) };
}

const least = (all: readonly number[]): number | null => (all.length === 0 ? null : Math.max(0, Math.min(...all)));

const WITHHELD = cellStatuses.indexOf('withheld');

function withheldPercent({ bytes, hash }: KeptBody): number | null {
  const { measures } = decodeRelease(bytes, { bytes: bytes.length, sha256: hash });
  const statuses = measures.flatMap(({ status }) => [...status]);
  if (statuses.length === 0) return null;
  return Math.round((100 * statuses.filter((status) => status === WITHHELD).length) / statuses.length);
}
