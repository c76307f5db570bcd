/** What of a letter everybody may know: the words of an application, a status, a publication; never whom it names or on which terms. */
import type { VerifiedLetter } from '@revier/connector-sdk';
import { canonicalText, contentHash, PublicApplication } from '@revier/core';
import type { PublicWords } from '../letter-ports.ts';

export function publicWordsOf(letter: VerifiedLetter): PublicWords {
  if (letter.kind === 'revier-status+jws') {
    const { agreement, status, seq } = letter.statement;
    return { facts: { agreement, status, seq } };
  }
  if (letter.kind === 'revier-duty+jws') {
    const { agreement, duty, evidence } = letter.report;
    return { facts: { agreement, duty, evidence } };
  }
  const applied = letter.kind === 'revier-negotiation+jws' ? letter.negotiation.application : undefined;
  if (applied === undefined) return { facts: {} };
  const { register, title, aim, purpose, dataUser, expires } = applied.application;
  const words = PublicApplication.parse({ title, aim, purpose, dataUser, expires });
  const hash = contentHash(words);
  return { facts: { register, application: hash }, snapshots: new Map([[hash, canonicalText(words)]]) };
}
