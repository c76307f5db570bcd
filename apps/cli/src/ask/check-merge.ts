/** The merge done again: releases of all holders in, and every cell compared with what the broker says. */
import { closedPart, decodeRelease, type MemberRelease, type Together, togetherPart } from '@revier/connector-sdk';
import {
  canonicalText,
  type Merged,
  type MergeInput,
  mergeAnswer,
  type Plan,
  showsEverything,
  type Vocabulary,
} from '@revier/core';
import { type Answer, type AnswerCell, type AnswerProof, AppError, type ReleaseHeader } from '@revier/schema';

export interface KnownQuestion {
  readonly plan: Plan;
  readonly vocabulary: Vocabulary;
}

/** By dataset: verified release headers. */
export type Headers = ReadonlyMap<string, ReleaseHeader>;

/** Plain English sentences, one for each fault; empty when all is well. */
export function mergeFaults(proof: AnswerProof, headers: Headers, known: KnownQuestion): string[] {
  const { answer, bodies } = proof;
  const parts: MergeInput['parts'][number][] = [];
  const faults: string[] = [];
  for (const { dataset, holder, status } of answer.holders) {
    if (status !== 'answered' || headers.get(dataset)?.mode === 'F') continue;
    const header = headers.get(dataset);
    const task = known.plan.tasks.find((one) => one.dataset.id === dataset);
    const body = header && openBody(bodies[header.body], header);
    if (body === undefined) faults.push(`The figures of ${holder} (${dataset}) are not those that it has signed.`);
    else if (task !== undefined) parts.push({ task, body, perturbation: header?.perturbation });
  }
  const together = openedTogether(proof, headers, known);
  if (typeof together === 'string') faults.push(together);
  else if (together !== undefined) parts.push(together.part);
  const note = typeof together === 'object' ? together.note : null;
  if (canonicalText(answer.secureSum ?? null) !== canonicalText(note))
    faults.push('What the answer says of its secure sum is not what its members have signed.');
  if (faults.length > 0) return faults;
  const own = again({ ...known, parts, absent: absentOf(answer) });
  const isTaken = note !== null && isClosed(answer, proof.seeds ?? {});
  return differences(answer, own !== null && isTaken ? { ...own, cells: takenFrom(answer, own.cells) } : own);
}

/** The total opened again from the masked parts and their seeds, or what is wrong with them. */
function openedTogether(
  { answer, bodies, seeds = {} }: AnswerProof,
  headers: Headers,
  { plan, vocabulary }: KnownQuestion,
): Together | string | undefined {
  const answered = new Set(answer.holders.flatMap(({ dataset, status }) => (status === 'answered' ? [dataset] : [])));
  const members = plan.tasks.flatMap((task): MemberRelease[] => {
    const header = headers.get(task.dataset.id);
    if (header?.mode !== 'F' || !answered.has(task.dataset.id)) return [];
    return [{ task, header, bytes: Buffer.from(bodies[header.body] ?? '', 'base64'), seed: seeds[header.body] }];
  });
  if (members.length < plan.tasks.filter(({ dataset }) => dataset.mode === 'F').length) return undefined;
  if (members.length === 0) return undefined;
  try {
    return isClosed(answer, seeds) ? closedPart(members, vocabulary) : togetherPart(members, vocabulary);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `The secure sum cannot be opened from what its members have signed: ${error.message}`;
  }
}

/** Seeds open what is withheld as well: then only the broker has them, and its word stands for the figures of the sum. */
const isClosed = (answer: Answer, seeds: NonNullable<AnswerProof['seeds']>): boolean =>
  Object.keys(seeds).length === 0 && !showsEverything(answer);

function openBody(base64: string | undefined, header: ReleaseHeader) {
  if (base64 === undefined) return undefined;
  try {
    return decodeRelease(Buffer.from(base64, 'base64'), { bytes: header.bytes, sha256: header.body });
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

const absentOf = ({ holders }: Answer): MergeInput['absent'] =>
  new Map(holders.flatMap(({ dataset, status }) => (status === 'answered' ? [] : [[dataset, status] as const])));

const NOTHING: Merged = { dimensions: [], measures: [], cells: [], coverage: { areas: [], years: [], excluded: [] } };

/** Null when the releases do not merge, which an honest broker has found as well. */
function again(input: MergeInput): Merged | null {
  try {
    return mergeAnswer(input);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function differences(answer: Answer, own: Merged | null): string[] {
  const { dimensions, measures, cells, coverage } = own ?? NOTHING;
  const differs = (a: unknown, b: unknown): boolean => canonicalText(a) !== canonicalText(b);
  const faults: [boolean, string][] = [
    [own === null && answer.state !== 'failed', 'The releases do not fit together, and the answer does not say so.'],
    [differs(answer.dimensions, dimensions), 'The dimensions are not those of the question.'],
    [differs(answer.measures, measures), 'The measures are not those of the question.'],
    [differs(answer.coverage, coverage), 'The answer claims another coverage than its releases have.'],
    [differs(answer.cells, cells), cellFault(answer.cells, cells)],
  ];
  return faults.filter(([wrong]) => wrong).map(([, sentence]) => sentence);
}

/** Where a figure of the sum was withheld for lack of seeds, the one that the broker says. */
const takenFrom = ({ cells }: Answer, own: readonly AnswerCell[]): AnswerCell[] =>
  own.map(({ by, measures }, at) => ({
    by,
    measures: Object.fromEntries(
      Object.entries(measures).map(([name, cell]) => [
        name,
        cell.status === 'withheld' ? (cells[at]?.measures[name] ?? cell) : cell,
      ]),
    ),
  }));

function cellFault(given: readonly AnswerCell[], own: readonly AnswerCell[]): string {
  const wrong = given.filter((cell, at) => canonicalText(cell) !== canonicalText(own[at] ?? null));
  const many = Math.max(wrong.length, Math.abs(given.length - own.length));
  const where = Object.entries(wrong[0]?.by ?? {})
    .map(([name, code]) => `${name} ${code ?? 'total'}`)
    .join(', ');
  const first = where === '' ? '' : `; the first: ${where}`;
  return `The figures are not what the signed releases add up to: ${many} of ${own.length} cells differ${first}.`;
}
