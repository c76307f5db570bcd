/** What a decision was made from: everything that the evaluator was given, by hash, so that it can be made again. */
import {
  canonicalText,
  contentHash,
  EVALUATOR_VERSION,
  type Plan,
  type PlanTask,
  type PolicyInput,
} from '@revier/core';
import type { Sha256 } from '@revier/schema';
import type { AuditEntry } from '../ports.ts';

export interface DecisionBasis {
  readonly facts: AuditEntry['facts'];
  readonly snapshots: ReadonlyMap<Sha256, string>;
}

/** Each part by itself, since agreement, floor and table are the same in many decisions. */
export function basisOf(
  { checkpoint, agreement, floor, request, state }: PolicyInput,
  { own, plan }: { readonly own: PlanTask; readonly plan: Plan },
): DecisionBasis {
  const parts = { agreement, floor, request, state, planned: own };
  const kept = Object.entries(parts).map(([name, content]) => {
    const hash: Sha256 = contentHash(content);
    return { name, hash, text: canonicalText(content) };
  });
  const hashes = Object.fromEntries(kept.map(({ name, hash }) => [name, hash]));
  return {
    facts: { ...hashes, checkpoint, catalogue: plan.catalogue, evaluator: EVALUATOR_VERSION },
    snapshots: new Map(kept.map(({ hash, text }) => [hash, text])),
  };
}

export const basisFacts = (basis: DecisionBasis | null): AuditEntry['facts'] => basis?.facts ?? {};
