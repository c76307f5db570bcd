/** The holder's numbered word on how an agreement stands, signed. */
import type { StatusStatement } from '@revier/schema';
import type { SignedStatus } from '../policy-ports.ts';
import type { Self } from '../ports.ts';

export type Stating = Pick<StatusStatement, 'agreement' | 'seq' | 'status'> &
  Partial<Pick<StatusStatement, 'reason' | 'successor'>>;

export async function signStatus(
  { agreement, seq, status, reason, successor }: Stating,
  { participant, realm, signer, now }: Self,
): Promise<SignedStatus> {
  const statement: StatusStatement = {
    kind: 'agreement-status',
    ...{ agreement, seq, status, by: participant, realm },
    at: new Date(now()).toISOString(),
    ...(successor === undefined ? {} : { successor }),
    ...(reason === undefined ? {} : { reason }),
  };
  return { statement, jws: await signer.sign('revier-status+jws', statement) };
}
