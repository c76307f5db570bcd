/** `revier query`: asks, waits, prints. */
import { AppError } from '@revier/schema';
import { submit, submitAndWait } from '../ask/ask.ts';
import { reached, type Session } from '../ask/enter.ts';
import { type SignedQuestion, signQuestion } from '../ask/sign.ts';
import { asJson, type Context, type ExitCode, exitCodes, put, sessionOf } from '../context.ts';
import { progressOn } from '../progress.ts';
import { readQuestion } from '../read-question.ts';
import { printAnswer } from './print-answer.ts';

export async function query(context: Context): Promise<ExitCode> {
  const { flags, positionals, terminal } = context;
  const question = await readQuestion(positionals[0], terminal);
  const session = await sessionOf(context);
  const signed = await signQuestion(session, question, { deadlineSeconds: flags.deadline });
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
  return printAnswer(context, answer, faults, () => csvOf(session, signed));
}

/** As the broker writes it, by the same way as the answer: the submission once more. */
async function csvOf({ profile, client }: Session, { signed, ticket }: SignedQuestion): Promise<string> {
  const options = { waitSeconds: 1, idempotencyKey: ticket };
  const csv = await reached(profile, () => client.submitFor(signed, 'csv', options));
  if (csv === undefined) throw new AppError('NOT_ANSWERED_YET');
  return csv;
}

/** Nobody waits: what is printed is where to look later. */
async function submitOnly(context: Context, session: Session, signed: SignedQuestion): Promise<ExitCode> {
  const submitted = await submit(session, signed, { waitSeconds: 0 });
  const { queryId } = submitted.kind === 'answer' ? submitted.answer : submitted.state;
  const shown = submitted.kind === 'answer' ? { queryId, state: submitted.answer.state } : submitted.state;
  await put(context, context.flags.json ? asJson(shown) : queryId);
  return exitCodes.answered;
}
