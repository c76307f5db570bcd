/** `revier agreement pdf` and `record`: what a holder puts into its files. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LongAgreementView, ProcessingRecord } from '@revier/schema';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { nodeAtHand } from '../../node/admin-port.ts';
import { askOwnNode } from '../../node/owner.ts';
import { UsageError } from '../../options.ts';
import { type PaperFacts, paperOf } from '../../papers/agreement-paper.ts';
import { pdfOf } from '../../papers/agreement-pdf.ts';
import { recordAsMarkdown } from '../../papers/processing-record.ts';
import { factsAtBroker } from './at-broker.ts';
import { agreementNamed } from './at-node.ts';

export async function pdf(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  if (flags.out === undefined) throw new UsageError('Name the file with -o: a PDF is nothing for a terminal.');
  const facts = flags.register === undefined ? await factsAtNode(context) : await factsAtBroker(context);
  await writeFile(resolve(terminal.cwd, flags.out), await pdfOf(paperOf(facts), facts.signed));
  terminal.stderr.write(`Written to ${flags.out}.\n`);
  return exitCodes.answered;
}

/** With the roles in which it was approved, which only the holder knows. */
async function factsAtNode(context: Context): Promise<PaperFacts> {
  const { hash } = await agreementNamed(context);
  return (await nodeAtHand(context)).get(`/v1/agreements/${hash}`, LongAgreementView);
}

export async function record(context: Context): Promise<ExitCode> {
  const made = await askOwnNode(context, '/v1/processing-record', ProcessingRecord);
  await put(context, context.flags.json ? asJson(made) : recordAsMarkdown(made));
  return exitCodes.answered;
}
