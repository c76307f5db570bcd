/** The decision and its explanation; names follow the ODRL formal semantics. */
import type { LeftOperand, Reason, RefusalCode, Sha256 } from '@revier/schema';
import type { Checkpoint } from './snapshot.ts';

/** `deferred`: another checkpoint decides it; here it neither hinders nor helps. */
export type SatisfactionState = 'satisfied' | 'unsatisfied' | 'indeterminate' | 'deferred';
export type Shown = string | number | readonly (string | number)[] | null;

export interface ConstraintReport {
  readonly pointer: string;
  readonly leftOperand: LeftOperand;
  readonly operator: string;
  readonly expected: string | readonly string[];
  readonly actual: Shown;
  readonly satisfactionState: SatisfactionState;
}

export interface DutyReport {
  readonly pointer: string;
  readonly dutyState: 'inOrder' | 'overdue' | 'indeterminate' | 'deferred';
  /** Milliseconds; null without a deadline, or before anything has triggered it. */
  readonly due: number | null;
}

export interface RuleReport {
  readonly pointer: string;
  readonly activationState: 'active' | 'inactive';
  readonly constraints: readonly ConstraintReport[];
  readonly duties: readonly DutyReport[];
}

interface Explained {
  readonly checkpoint: Checkpoint;
  readonly evaluatorVersion: string;
  /** Of floor, request, state and checkpoint: with the agreement's hash, everything that was looked at. */
  readonly stateHash: Sha256;
  readonly rules: readonly RuleReport[];
}

export interface Allowed extends Explained {
  readonly decision: 'allow';
  readonly codes: readonly [];
  readonly agreementHash: Sha256;
  /** Persons; null for exact figures of a public dataset. */
  readonly minCellSize: number | null;
}

export interface Denied extends Explained {
  readonly decision: 'deny';
  readonly codes: readonly RefusalCode[];
  /** Null where the document is no agreement. */
  readonly agreementHash: Sha256 | null;
  readonly reasons: readonly Reason[];
  readonly hint: string;
}

export type Decision = Allowed | Denied;
