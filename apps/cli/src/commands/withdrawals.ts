/** What holders have withdrawn of an answer: told only when the holder itself has signed it, since anybody could say so. */
import { openCompact, resolver } from '@revier/connector-sdk';
import { type QueryState, Withdrawal } from '@revier/schema';
import type { Session } from '../ask/enter.ts';
import { plain } from '../render/plain-text.ts';

/** One line each. */
export async function withdrawals({ trust }: Pick<Session, 'trust'>, state: QueryState): Promise<string[]> {
  const lines = (state.withdrawn ?? []).map(async (statement) => {
    try {
      const resolve = resolver(trust, { role: 'data-holder' });
      const { payload, kid } = await openCompact(statement, 'revier-withdrawal+jws', Withdrawal, resolve);
      const own = trust.keyOf(kid)?.participant.id === payload.iss;
      const ours = payload.releases.some(({ submission }) => submission === state.submissionId);
      return own && ours ? [plain(`WITHDRAWN by ${payload.iss}: ${payload.reason}`)] : [];
    } catch {
      return [];
    }
  });
  return (await Promise.all(lines)).flat();
}
