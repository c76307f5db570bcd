/** `revier audit reconcile`: the broker's log and a node's against each other, both ways, and every decision is made again. */
import type { LogFinding } from '@revier/connector-sdk';
import { differenceBetween, EVALUATOR_VERSION, replay } from '@revier/core';
import type { LogEntry } from '@revier/schema';
import type { Context, ExitCode } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { endsIn, onlyAtNode } from './both-ways.ts';
import { contentOf, type ReadLogFile, readLogFile } from './log-file.ts';
import { tell } from './verify.ts';

export async function reconcile(context: Context): Promise<ExitCode> {
  const [brokerFile, nodeFile] = context.positionals;
  if (brokerFile === undefined || nodeFile === undefined) throw new UsageError('Name both exports.');
  const [broker, node] = [await readLogFile(context, brokerFile), await readLogFile(context, nodeFile)];
  const unsound = [broker, node].find(({ finding }) => finding.verdict === 'tampered');
  return tell(context, unsound?.finding ?? compared(broker, node));
}

function compared(broker: ReadLogFile, node: ReadLogFile): LogFinding & { readonly notes: readonly string[] } {
  const tampered = [...contradictions(broker, node), ...node.entries.flatMap((entry) => wrongDecision(entry, node))];
  const { late, untold } = onlyAtNode(broker, node);
  const cutOff = broker.finding.verdict === 'incomplete' ? broker.finding.faults.map((one) => `Broker: ${one}`) : [];
  const incomplete = [...cutOff, ...untold];
  const verdict = tampered.length > 0 ? 'tampered' : incomplete.length > 0 ? 'incomplete' : node.finding.verdict;
  return { ...node.finding, verdict, faults: [...tampered, ...incomplete, ...node.finding.faults], notes: late };
}

/** Every message that the broker has had of this node must stand in the node's log by its hash. */
function contradictions(broker: ReadLogFile, node: ReadLogFile): string[] {
  const said = new Set(node.entries.flatMap(({ facts }) => [facts.receipt, facts.release]));
  const { ends, missing } = endsIn(broker);
  return [
    ...missing.map((query) => `What holders have said to query ${query} is missing.`),
    ...ends.flatMap(({ task, holder, receipt, release }) =>
      holder !== node.log?.participant || [receipt, release].every((hash) => hash === null || said.has(hash))
        ? []
        : [`Task ${task}: what the broker has received does not stand in the log of the node.`],
    ),
  ];
}

/** Refusals before the evaluator have no basis; releases and charges always have one. @throws UsageError for decisions of another evaluator */
function wrongDecision({ decision, codes, facts }: LogEntry, node: ReadLogFile): string[] {
  const isAllowed = decision === 'released' || decision === 'charged';
  if (!isAllowed && (decision !== 'refused' || facts.request === undefined)) return [];
  const what = decision === 'charged' ? `Query ${facts.submission}` : `Task ${facts.task}`;
  const [agreement, floor, request, state] = ['agreement', 'floor', 'request', 'state'].map((part) =>
    contentOf(node, String(facts[part])),
  );
  if ([agreement, floor, request, state].includes(undefined)) return [`${what}: what it was decided from is missing.`];
  if (facts.evaluator !== EVALUATOR_VERSION)
    throw new UsageError(
      `${what} was decided by version ${facts.evaluator} of the evaluator, and this program has ${EVALUATOR_VERSION}: take the release of that time.`,
    );
  const { evaluator: evaluatorVersion, checkpoint } = facts;
  const again = replay({ evaluatorVersion, checkpoint, agreement, floor, request, state });
  const difference = differenceBetween(
    { decision: isAllowed ? 'released' : 'refused', codes, agreement: facts.agreement, minCellSize: facts.minCellSize },
    again,
  );
  return difference === undefined ? [] : [`${what}: the decision ${difference}.`];
}
