/** `revier audit reconcile`: what the broker's log says of a node must stand in the node's, and every decision is made again. */
import type { LogFinding } from '@revier/connector-sdk';
import { contentHash, replay } from '@revier/core';
import { LogEntry } from '@revier/schema';
import { z } from 'zod';
import type { Context, ExitCode } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { full, tell } from './verify.ts';

const Outcomes = z.array(
  z.object({
    task: z.string(),
    holder: z.string(),
    status: z.string(),
    receipt: z.string().nullable(),
    release: z.string().nullable(),
  }),
);
type Read = Awaited<ReturnType<typeof read>>;

export async function reconcile(context: Context): Promise<ExitCode> {
  const [brokerFile, nodeFile] = context.positionals;
  if (brokerFile === undefined || nodeFile === undefined) throw new UsageError('Name both exports.');
  const [broker, node] = [await read(context, brokerFile), await read(context, nodeFile)];
  const unsound = [broker, node].find(({ finding }) => finding.verdict === 'tampered');
  if (unsound !== undefined) return tell(context, unsound.finding);
  const tampered = [...contradictions(broker, node), ...node.entries.flatMap((entry) => wrongDecision(entry, node))];
  const verdict: LogFinding['verdict'] = tampered.length > 0 ? 'tampered' : node.finding.verdict;
  return tell(context, { ...node.finding, verdict, faults: [...tampered, ...node.finding.faults] });
}

async function read(context: Context, file: string) {
  const entries: LogEntry[] = [];
  const { finding, log } = await full(
    context,
    [file],
    (_, entry) => void entries.push(LogEntry.parse(JSON.parse(entry))),
  );
  return { finding, log, entries };
}

/** Every message that the broker has had of this node must stand in the node's log by its hash. */
function contradictions(broker: Read, node: Read): string[] {
  const said = new Set(node.entries.flatMap(({ facts }) => [facts.receipt, facts.release]));
  return broker.entries.flatMap(({ facts }) => {
    if (typeof facts.outcomes !== 'string') return [];
    const outcomes = snapshot(broker, facts.outcomes);
    if (outcomes === undefined) return [`What holders have said to query ${facts.query} is missing.`];
    return Outcomes.parse(outcomes).flatMap(({ task, holder, receipt, release }) =>
      holder !== node.log?.participant || [receipt, release].every((hash) => hash === null || said.has(hash))
        ? []
        : [`Task ${task}: what the broker has received does not stand in the log of the node.`],
    );
  });
}

/** Refusals before the evaluator have no basis; releases always have one. */
function wrongDecision({ decision, facts }: LogEntry, node: Read): string[] {
  if (decision !== 'released' && (decision !== 'refused' || facts.request === undefined)) return [];
  const [agreement, floor, request, state] = ['agreement', 'floor', 'request', 'state'].map((part) =>
    snapshot(node, String(facts[part])),
  );
  if ([agreement, floor, request, state].includes(undefined))
    return [`Task ${facts.task}: what it was decided from is missing.`];
  const again = replay({
    evaluatorVersion: facts.evaluator,
    checkpoint: facts.checkpoint,
    agreement,
    floor,
    request,
    state,
  });
  const expected = decision === 'released' ? 'allow' : 'deny';
  return again.decision === expected
    ? []
    : [`Task ${facts.task}: the decision was ${decision}, and made again it is not.`];
}

/** Only under its own hash. */
function snapshot({ log }: Read, hash: string): unknown {
  const content = log?.snapshots.get(hash);
  if (content === undefined) return undefined;
  const value: unknown = JSON.parse(content);
  return contentHash(value) === hash ? value : undefined;
}
