/** Who takes part in a secure sum, and when a node may open its mask: pure checks, made by every node for itself. */
import { byBytes } from './masks.ts';

/** With three members, one lost after opening could not be recovered (disclosure.md 2.7). */
export const LEAST_MEMBERS = 4;

/** What a member of the roster is, as the node knows it from the signed agreement and from the register of organisations. */
export interface Member {
  readonly id: string;
  readonly organisation: string;
  /** Whether its declared coverage contributes to the cells: a fact about the plan, not about the data. */
  readonly contributes: boolean;
}

export type RosterFault = 'too-few-members' | 'not-the-agreed-members' | 'not-a-member' | 'named-twice';

export interface RosterCheck {
  readonly self: string;
  readonly roster: readonly string[];
  /** The members that the agreement fixes. */
  readonly agreed: readonly Member[];
  /** The holder's own floor; never below four. */
  readonly minMembers: number;
}

/**
 * Why the node must not mask for this roster; empty where it may. The roster must be exactly what the agreement fixes: two sets of members of one cell
 * would subtract to a victim, invented ones would leave it alone with its value (A6, A7). Organisations are counted, not nodes.
 */
export function rosterFaults({ self, roster, agreed, minMembers }: RosterCheck): readonly RosterFault[] {
  const given = new Set(roster);
  const organisations = new Set(
    agreed.filter(({ contributes }) => contributes).map(({ organisation }) => organisation),
  );
  const isSame = given.size === agreed.length && agreed.every(({ id }) => given.has(id));
  const faults: [RosterFault, boolean][] = [
    ['named-twice', given.size !== roster.length],
    ['not-a-member', !given.has(self)],
    ['not-the-agreed-members', !isSame],
    ['too-few-members', organisations.size < Math.max(LEAST_MEMBERS, minMembers)],
  ];
  return faults.flatMap(([fault, holds]) => (holds ? [fault] : []));
}

/** What a node has opened or masked for one cell in one data epoch; kept by the node, in its store. */
export interface Attempt {
  readonly attempt: number;
  readonly roster: readonly string[];
}

export type OpeningFault = 'another-attempt-opened' | 'not-masked' | 'another-roster' | 'share-revealed';

export interface OpeningCheck {
  /** The attempt that the broker says is complete. */
  readonly asked: Attempt;
  /** Attempts in which the node gave masked words for these cells. */
  readonly masked: readonly Attempt[];
  /** The attempt, if any, for which it opened them. */
  readonly opened: Attempt | null;
  /** Members whose pair keys the node has helped to recover in this attempt: never both kinds of share (Bonawitz et al. 2017). */
  readonly pairSharesRevealed: readonly string[];
}

/** Why the node must not reveal its self mask; empty where it may. Opening the same attempt again, after a lost answer, is no new opening. */
export function openingFaults({ asked, masked, opened, pairSharesRevealed }: OpeningCheck): readonly OpeningFault[] {
  const own = masked.find(({ attempt }) => attempt === asked.attempt);
  const faults: [OpeningFault, boolean][] = [
    ['another-attempt-opened', opened !== null && !isSameAttempt(opened, asked)],
    ['not-masked', own === undefined],
    ['another-roster', own !== undefined && !isSameAttempt(own, asked)],
    ['share-revealed', pairSharesRevealed.length > 0],
  ];
  return faults.flatMap(([fault, holds]) => (holds ? [fault] : []));
}

function isSameAttempt(one: Attempt, other: Attempt): boolean {
  const [left, right] = [one, other].map(({ roster }) =>
    roster
      .toSorted(byBytes)
      .map((id) => `${id.length}:${id}`)
      .join(''),
  );
  return one.attempt === other.attempt && left === right;
}
