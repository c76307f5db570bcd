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

interface Part {
  readonly hash: Sha256;
  readonly text: string;
}

/** Each part by itself, since agreement, floor and table are the same in many decisions. */
export function basisOf(
  { checkpoint, agreement, floor, request, state }: PolicyInput,
  { own, plan }: { readonly own: PlanTask; readonly plan: Plan },
): DecisionBasis {
  const parts = {
    agreement: lasting(agreement),
    floor: lasting(floor),
    request: partOf(request),
    state: partOf(state),
    planned: partOf(own),
  };
  const hashes = Object.fromEntries(Object.entries(parts).map(([name, { hash }]) => [name, hash]));
  return {
    facts: { ...hashes, checkpoint, catalogue: plan.catalogue, evaluator: EVALUATOR_VERSION },
    snapshots: new Map(Object.values(parts).map(({ hash, text }) => [hash, text])),
  };
}

const partOf = (content: unknown): Part => ({ hash: contentHash(content), text: canonicalText(content) });

const known = new WeakMap<object, Part>();

/** Agreement and floor never change while they are at hand: written out once. */
function lasting(content: unknown): Part {
  if (typeof content !== 'object' || content === null || !Object.isFrozen(content)) return partOf(content);
  const part = known.get(content) ?? partOf(content);
  known.set(content, part);
  return part;
}

export const basisFacts = (basis: DecisionBasis | null): AuditEntry['facts'] => basis?.facts ?? {};
