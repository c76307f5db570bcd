/** A holder withdraws: its own signed word is kept, and shown beside every answer that it is about. The answer stays as it was signed. */
import { openCompact, resolver } from '@revier/connector-sdk';
import { AppError, type CompactJws, type ParticipantId, Withdrawal } from '@revier/schema';
import type { Broker } from '../ports.ts';

/** @throws AppError KEY_UNKNOWN, SIGNATURE_INVALID, FORBIDDEN (another holder's), WRONG_AUDIENCE, WRONG_REALM */
export async function takeWithdrawal(broker: Broker, caller: ParticipantId, statement: CompactJws): Promise<void> {
  const { trust, participant, realm, withdrawals } = broker;
  const resolve = resolver(trust, { role: 'data-holder', participant: caller });
  const { payload } = await openCompact(statement, 'revier-withdrawal+jws', Withdrawal, resolve);
  if (payload.iss !== caller) throw new AppError('FORBIDDEN', { detail: 'A holder withdraws what is its own.' });
  if (payload.aud !== participant) throw new AppError('WRONG_AUDIENCE');
  if (payload.realm !== realm) throw new AppError('WRONG_REALM');
  await withdrawals.put(payload, statement);
}
