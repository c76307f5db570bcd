/** `revier query --dry-run`: who would answer, and how; as a table or JSON, with the exit code of an answer. */
import { askDryRun } from '../ask/ask-dry-run.ts';
import type { Session } from '../ask/enter.ts';
import type { SignedQuestion } from '../ask/sign.ts';
import { asJson, type Context, type ExitCode, exitCodes, formatOf, put, renderOptionsOf } from '../context.ts';
import { plain } from '../render/plain-text.ts';
import { renderDryRun } from '../render/render-dry-run.ts';

export async function dryRunAndPrint(context: Context, session: Session, signed: SignedQuestion): Promise<ExitCode> {
  const { result, faults } = await askDryRun(session, signed, context.flags.wait);
  for (const fault of faults) context.terminal.stderr.write(`WARNING: ${plain(fault)}\n`);
  await put(context, formatOf(context) === 'json' ? asJson(result) : renderDryRun(result, renderOptionsOf(context)));
  if (faults.length > 0) return exitCodes.failed;
  const willing = result.holders.filter(({ assessment }) => assessment?.wouldAnswer === true).length;
  if (willing === 0) return exitCodes.failed;
  return willing === result.holders.length ? exitCodes.answered : exitCodes.partial;
}
