/** A holder states how its agreements stand: its own signed, numbered words are kept, and heeded from now on. */
import { openCompact, resolver } from '@revier/connector-sdk';
import { AppError, type CompactJws, type ParticipantId, StatusStatement } from '@revier/schema';
import type { Broker } from '../ports.ts';

/** All of them or none. @throws AppError KEY_UNKNOWN, SIGNATURE_INVALID, FORBIDDEN (another holder's), WRONG_REALM */
export async function takeStatuses(
  { trust, realm, statuses, logger, now }: Broker,
  caller: ParticipantId,
  signed: readonly CompactJws[],
): Promise<void> {
  const resolve = resolver(trust, { role: 'data-holder', participant: caller });
  const opened = await Promise.all(
    signed.map(async (jws) => {
      const { payload: statement } = await openCompact(jws, 'revier-status+jws', StatusStatement, resolve);
      if (statement.by !== caller) throw new AppError('FORBIDDEN', { detail: 'A holder states what is its own.' });
      if (statement.realm !== realm) throw new AppError('WRONG_REALM');
      return { statement, jws };
    }),
  );
  await statuses.put(opened, now());
  for (const { statement } of opened)
    logger.info({ agreement: statement.agreement, status: statement.status, seq: statement.seq }, 'status stated');
}
