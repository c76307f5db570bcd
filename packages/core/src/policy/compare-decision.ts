/** A decision made again beside what was entered of it: not only whether, but by which agreement, from which threshold on, and why not. */
import type { Decision } from './decision.ts';

/** What an entry of the audit log says of a decision. */
export interface EnteredDecision {
  readonly decision: 'released' | 'refused';
  readonly codes: readonly string[];
  /** Content hash of the agreement. */
  readonly agreement: unknown;
  /** Persons; null for exact figures of a public dataset; not told of a refusal. */
  readonly minCellSize: unknown;
}

/** How they differ, in words; undefined when they agree. */
export function differenceBetween(entered: EnteredDecision, again: Decision): string | undefined {
  const made = again.decision === 'allow' ? 'released' : 'refused';
  if (made !== entered.decision) return `was ${entered.decision}, and made again it is ${made}`;
  // A document that is no agreement has no such hash.
  if (again.agreementHash !== null && again.agreementHash !== entered.agreement)
    return 'was made from another agreement than the entry names';
  if (again.decision === 'allow')
    return again.minCellSize === entered.minCellSize
      ? undefined
      : `was released from ${shown(entered.minCellSize)} persons on, and made again from ${shown(again.minCellSize)}`;
  const [was, is] = [entered.codes, again.reasons.map(({ code }) => code)].map((codes) => [...new Set(codes)].sort());
  return was?.join(' ') === is?.join(' ')
    ? undefined
    : `was refused for ${was?.join(', ')}, and made again for ${is?.join(', ')}`;
}

const shown = (threshold: unknown): string => (typeof threshold === 'number' ? String(threshold) : 'no number of');
