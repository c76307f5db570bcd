/** How an answer leaves: as table, JSON or CSV, with the exit code that it stands for. */
import { toCsv } from '@revier/core';
import type { Answer } from '@revier/schema';
import { asJson, type Context, type ExitCode, exitCodes, formatOf, put, renderOptionsOf } from '../context.ts';
import { paint } from '../render/layout.ts';
import { plain } from '../render/plain-text.ts';
import { renderAnswer } from '../render/render-answer.ts';
import { isColoured } from '../terminal.ts';

/** Faults are told before and after, so that neither end of a long table hides them. */
export async function printAnswer(context: Context, answer: Answer, faults: readonly string[]): Promise<ExitCode> {
  const format = formatOf(context);
  const warning = warningText(faults, isColoured(context.terminal.stderr));
  context.terminal.stderr.write(warning);
  await put(context, textOf(context, answer));
  if (format === 'table') context.terminal.stderr.write(warning);
  else context.terminal.stderr.write(holdersText(answer));
  return faults.length > 0 ? exitCodes.failed : stateCodes[answer.state];
}

export const stateCodes = {
  complete: exitCodes.answered,
  partial: exitCodes.partial,
  failed: exitCodes.failed,
  cancelled: exitCodes.failed,
} as const;

function textOf(context: Context, answer: Answer): string {
  switch (formatOf(context)) {
    case 'json':
      return asJson(answer);
    case 'csv':
      return toCsv(answer);
    case 'table':
      return renderAnswer(answer, renderOptionsOf(context));
  }
}

function warningText(faults: readonly string[], colour: boolean): string {
  if (faults.length === 0) return '';
  return [
    paint('WARNING: this answer does not verify. Do not rely on it.', 'red', colour),
    ...faults.map((fault) => `  ${plain(fault)}`),
    '',
  ].join('\n');
}

/** Who stands behind the figures, for those who redirect them into a file. */
const holdersText = ({ state, holders }: Answer): string =>
  [
    `The answer is ${state}.`,
    ...holders.map(({ name, dataset, status }) => `  ${status}: ${plain(name)} (${plain(dataset)})`),
    '',
  ].join('\n');
