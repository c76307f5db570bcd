/** Replay: an auditor makes the decision again from what was kept, and gets the same bytes. */
import { AppError } from '@revier/schema';
import { canonicalBytes } from '../query/canonical.ts';
import type { Decision } from './decision.ts';
import { EVALUATOR_VERSION, evaluate } from './evaluate.ts';
import { type PolicyInput, PolicySnapshot } from './snapshot.ts';

/** What to keep beside a decision. */
export const snapshotOf = (input: PolicyInput): PolicySnapshot => ({ ...input, evaluatorVersion: EVALUATOR_VERSION });

/** @throws AppError INVALID_REQUEST for what is no snapshot, or one of another evaluator: decisions are replayed by the version that made them */
export function replay(snapshot: unknown): Decision {
  const parsed = PolicySnapshot.safeParse(snapshot);
  if (!parsed.success) throw new AppError('INVALID_REQUEST', { detail: 'This is no snapshot of a decision.' });
  if (parsed.data.evaluatorVersion !== EVALUATOR_VERSION)
    throw AppError.at(
      'INVALID_REQUEST',
      '/evaluatorVersion',
      'The decision was made by another version of the evaluator.',
    );
  return evaluate(parsed.data);
}

/** RFC 8785 bytes, for comparing and for the audit log. */
export const decisionBytes = (decision: Decision): Uint8Array => canonicalBytes(decision);
