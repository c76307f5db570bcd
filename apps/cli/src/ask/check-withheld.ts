/** A part that is withheld: only the holder's own signed word that its agreement is suspended or over takes its figures out. */
import type { Trust } from '@revier/connector-sdk';
import { canonicalText, withheldReasons } from '@revier/core';
import { type Answer, type CompactJws, type HolderAnswer, StatusStatement } from '@revier/schema';
import type { Expected } from './check-answer.ts';
import { signedBy } from './signed-by.ts';

export interface CheckingWithheld {
  readonly trust: Trust;
  readonly expected: Expected | undefined;
}

/** Plain English sentences; empty when the statement withholds what it is said to. */
export async function withheldFaults(
  answer: Answer,
  part: HolderAnswer,
  statement: CompactJws,
  { trust, expected }: CheckingWithheld,
): Promise<string[]> {
  const who = `${part.holder} (${part.dataset})`;
  const stated = await signedBy(part, trust, statement, 'revier-status+jws', StatusStatement);
  if (typeof stated === 'string') return [`The statement of ${who} is not signed by it: ${stated}`];
  const { status, successor, reason = null } = stated;
  const reasons = withheldReasons({ status, tightened: successor?.tightening === true }, reason);
  const faults: [boolean, string][] = [
    [stated.by !== part.holder, 'names another holder'],
    [stated.realm !== answer.realm, 'comes from another realm'],
    [
      expected !== undefined && stated.agreement !== expected.agreed.get(part.dataset),
      'is about another agreement than was named',
    ],
    [reasons.length === 0, 'withholds nothing'],
    [reasons.length > 0 && canonicalText(reasons) !== canonicalText(part.reasons), 'gives other reasons'],
  ];
  return faults.filter(([wrong]) => wrong).map(([, what]) => `The statement of ${who} ${what}.`);
}
