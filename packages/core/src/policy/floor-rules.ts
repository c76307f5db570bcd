/** The holder's own minimum: the decision is floor and agreement, and nothing of an agreement enters here. */
import type { Floor, Reason } from '@revier/schema';
import { areApproved } from './approvals.ts';
import type { RuleReport } from './decision.ts';
import type { Facts, Judge } from './operands.ts';
import { reason } from './reasons.ts';
import { reportRule } from './rules.ts';
import type { Grain } from './snapshot.ts';

export function floorFaults(floor: Floor, facts: Facts): Reason[] {
  const { request } = facts;
  const isOpen = request.mode === 'O';
  const expected: readonly [boolean, string][] = [
    [floor.holder === request.holder && floor.realm === request.realm, ''],
    [request.dimensions <= floor.maxDimensions, '/maxDimensions'],
    [request.cells <= floor.maxCells, '/maxCells'],
    [isOpen || isWithinCells(floor, facts), '/maxCellsPerAgreement'],
    [!isOpen || floor.publicDatasets.includes(request.dataset), '/publicDatasets'],
    [request.attestation === 'user' || floor.attestation === 'broker', '/attestation'],
    [(floor.modes ?? ['O', 'L']).includes(request.mode), '/modes'],
    [hasRoster(floor, facts), '/minContributingNodes'],
    [isApproved(floor, facts), '/requiredApprovals'],
  ];
  return [
    ...expected.flatMap(([holds, pointer]) => (holds ? [] : [reason('FLOOR', pointer)])),
    ...request.grains.filter((grain) => isTooFine(grain, floor.finest ?? {})).map(finestFault),
  ];
}

/** The floor's own prohibitions, judged like those of an agreement. */
export const floorProhibitions = (floor: Floor, facts: Facts, judge: Judge): RuleReport[] =>
  (floor.prohibition ?? []).map((rule, at) => reportRule(rule, `/floor/prohibition/${at}`, facts, judge));

/** Figures that are formed together leave only when enough holders stand in the roster. */
function hasRoster({ minContributingNodes }: Floor, { request, state, checkpoint }: Facts): boolean {
  const isTogether = request.mode === 'F' || request.mode === 'D';
  if (minContributingNodes === undefined || !isTogether || checkpoint === 'P1' || checkpoint === 'P2') return true;
  return state.roster !== null && new Set(state.roster).size >= minContributingNodes;
}

function isWithinCells({ maxCellsPerAgreement }: Floor, { state: { ledger } }: Facts): boolean {
  if (maxCellsPerAgreement === undefined) return true;
  return ledger.cells !== null && ledger.cells.spent + ledger.cells.cost <= maxCellsPerAgreement;
}

function isApproved({ requiredApprovals = [] }: Floor, { state, agreementHash }: Facts): boolean {
  const { activatedAt, author } = state.agreement;
  if (requiredApprovals.length === 0) return true;
  if (activatedAt === null) return false;
  return areApproved(requiredApprovals, state.approvals, { agreement: agreementHash, author, at: activatedAt });
}

/** A level that the scale does not have is too fine: it cannot be compared. */
function isTooFine({ variable, concept, level, scale }: Grain, finest: NonNullable<Floor['finest']>): boolean {
  const limits = [finest[variable], concept === null ? undefined : finest[concept]];
  return limits.some(
    (limit) => limit !== undefined && (!scale.includes(limit) || scale.indexOf(level) < scale.indexOf(limit)),
  );
}

const finestFault = ({ variable }: Grain): Reason => reason('FLOOR', `/finest/${variable}`);
