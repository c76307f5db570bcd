/** What stands at the node and not at the broker: late, which is nobody's fault, or never entered by the broker. */
import { Sha256 } from '@revier/schema';
import { z } from 'zod';
import { contentOf, type ReadLogFile } from './log-file.ts';

const Outcomes = z.array(
  z.object({
    task: z.string(),
    holder: z.string(),
    status: z.string(),
    receipt: Sha256.nullable(),
    release: Sha256.nullable(),
  }),
);

/** How a task stood when its query ended at the broker. */
export interface TaskEnd extends z.infer<typeof Outcomes.element> {
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
}

/** @returns also the queries whose ends do not tell any more what holders have said */
export function endsIn(broker: ReadLogFile): {
  readonly ends: readonly TaskEnd[];
  readonly missing: readonly string[];
} {
  const ends: TaskEnd[] = [];
  const missing: string[] = [];
  for (const { at, facts } of broker.entries) {
    if (typeof facts.outcomes !== 'string') continue;
    const outcomes = Outcomes.safeParse(contentOf(broker, facts.outcomes));
    if (!outcomes.success) missing.push(String(facts.query));
    else ends.push(...outcomes.data.map((end) => ({ ...end, endedAt: Date.parse(at) })));
  }
  return { ends, missing };
}

/** Clocks of node and broker may differ by as much as a task tolerates. */
const SKEW_MS = 120_000;

export interface OnlyAtNode {
  /** Decided when the query had ended at the broker, or kept back by a stop. */
  readonly late: readonly string[];
  readonly untold: readonly string[];
}

export function onlyAtNode(broker: ReadLogFile, node: ReadLogFile): OnlyAtNode {
  const ends = new Map(endsIn(broker).ends.map((end) => [end.task, end]));
  const stopped = new Set(node.entries.flatMap(({ decision, facts }) => (decision === 'stopped' ? [facts.task] : [])));
  const found: { late: string[]; untold: string[] } = { late: [], untold: [] };
  for (const { at, decision, facts } of node.entries) {
    if (typeof facts.task !== 'string' || typeof facts.receipt !== 'string') continue;
    const end = ends.get(facts.task);
    if (end !== undefined && isTold(end, facts)) continue;
    const what = `Only at the node: task ${facts.task}, ${decision} at ${at}`;
    if (end === undefined) found.untold.push(`${what}; in the log of the broker its query has not ended.`);
    else if (decision === 'released' && stopped.has(facts.task)) found.late.push(`${what}, and kept back by a stop.`);
    else if (Date.parse(at) >= end.endedAt - SKEW_MS) found.late.push(`${what}, when the query had ended.`);
    else found.untold.push(`${what}, before the query ended.`);
  }
  return found;
}

/** The broker keeps one receipt of a task: another refusal of the same task stands behind it. */
const isTold = ({ receipt, release }: TaskEnd, facts: Readonly<Record<string, unknown>>): boolean =>
  facts.release === undefined ? receipt !== null : receipt === facts.receipt && release === facts.release;
