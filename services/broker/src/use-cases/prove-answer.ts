/**
 * An answer with its signature and the releases that it was merged from: whoever has asked can do the merge again. Seeds of a secure sum
 * open every figure of it, so they are given only where the answer withholds none (docs/decisions/0023).
 */
import { showsEverything } from '@revier/core';
import { type AnswerProof, AppError } from '@revier/schema';
import type { Broker } from '../ports.ts';
import type { ReadAnswer } from './read-query.ts';

/** @returns the JSON of an `AnswerProof`; the answer stands in it as the very text that was signed */
export async function proofText({ queries, sums }: Broker, { text, answer, result }: ReadAnswer): Promise<string> {
  const query = await queries.find(answer.queryId);
  if (query === undefined) throw new AppError('NOT_FOUND');
  const hashes = query.progress.tasks.flatMap(({ release }) => (release ? [release.header.body] : []));
  const bodies: AnswerProof['bodies'] = {};
  for (const [hash, bytes] of await queries.bodies(hashes)) bodies[hash] = Buffer.from(bytes).toString('base64');
  const opened = showsEverything(answer) ? Object.fromEntries(await sums.seeds(hashes)) : {};
  const seeds = Object.keys(opened).length === 0 ? '' : `,"seeds":${JSON.stringify(opened)}`;
  return `{"answer":${text},"result":${JSON.stringify(result)},"bodies":${JSON.stringify(bodies)}${seeds}}`;
}
