/** `revier query`: asks, waits, prints. */
import { submit, submitAndWait } from '../ask/ask.ts';
import type { Session } from '../ask/enter.ts';
import { type SignedQuestion, signQuestion } from '../ask/sign.ts';
import { asJson, type Context, type ExitCode, exitCodes, put, sessionOf } from '../context.ts';
import { progressOn } from '../progress.ts';
import { readQuestion } from '../read-question.ts';
import { dryRunAndPrint } from './dry-run.ts';
import { printAnswer } from './print-answer.ts';

export async function query(context: Context): Promise<ExitCode> {
  const { flags, positionals, terminal } = context;
  const question = await readQuestion(positionals[0], terminal);
  const session = await sessionOf(context);
  const dryRun = flags['dry-run'];
  const signed = await signQuestion(session, question, { deadlineSeconds: flags.deadline, dryRun });
  if (dryRun) return dryRunAndPrint(context, session, signed);
  return flags.wait === 0 ? submitOnly(context, session, signed) : askAndPrint(context, session, signed);
}

async function askAndPrint(context: Context, session: Session, signed: SignedQuestion): Promise<ExitCode> {
  const faults: string[] = [];
  const progress = progressOn(context.terminal.stderr);
  const answer = await submitAndWait(session, signed, {
    waitSeconds: context.flags.wait,
    onProgress: (state) => progress.show(state),
    onWarning: (fault) => faults.push(fault),
  }).finally(() => progress.end());
  return printAnswer(context, answer, faults);
}

/** Nobody waits: what is printed is where to look later. */
async function submitOnly(context: Context, session: Session, signed: SignedQuestion): Promise<ExitCode> {
  const submitted = await submit(session, signed, { waitSeconds: 0 });
  const { queryId } = submitted.kind === 'proof' ? submitted.proof.answer : submitted.state;
  const shown = submitted.kind === 'proof' ? { queryId, state: submitted.proof.answer.state } : submitted.state;
  await put(context, context.flags.json ? asJson(shown) : queryId);
  return exitCodes.answered;
}
