/** The broker's own word: its signature over the answer, and over the list of the signed parts that the answer stands on. */
import { resolver, type Trust, verifyCompact } from '@revier/connector-sdk';
import { contentHash, digest } from '@revier/core';
import { type Answer, type AnswerProof, AppError, type CompactJws, ResultStatement } from '@revier/schema';

/** Plain English sentences, one for each fault; empty when all is well. */
export async function resultFaults(proof: AnswerProof, trust: Trust, broker: string): Promise<string[]> {
  const stated = await statementOf(proof.result, trust, broker);
  if (typeof stated === 'string') return [`The result is not signed by the broker: ${stated}`];
  const { answer } = proof;
  const faults: [boolean, string][] = [
    [stated.answer !== contentHash(answer), 'The answer is not the one that the broker has signed.'],
    [
      stated.queryId !== answer.queryId ||
        stated.submissionId !== answer.submissionId ||
        stated.questionHash !== answer.questionHash,
      'The result is signed for another query.',
    ],
    [!sameDigests(stated.releases, partsOf(answer, 'release')), 'The signed result lists other releases.'],
    [!sameDigests(stated.refusals, partsOf(answer, 'receipt')), 'The signed result lists other refusals.'],
  ];
  return faults.filter(([wrong]) => wrong).map(([, sentence]) => sentence);
}

async function statementOf(result: CompactJws, trust: Trust, participant: string): Promise<ResultStatement | string> {
  try {
    const broker = resolver(trust, { participant, role: 'broker' });
    return await verifyCompact(result, 'revier-result+jws', ResultStatement, broker);
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

const partsOf = ({ holders }: Answer, kind: 'release' | 'receipt'): CompactJws[] =>
  holders.flatMap((part) => part[kind] ?? []);

const sameDigests = (stated: readonly string[], parts: readonly CompactJws[]): boolean =>
  stated.join() ===
  parts
    .map((jws) => digest(Buffer.from(jws)))
    .sort()
    .join();
