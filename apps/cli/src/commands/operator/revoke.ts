/** `revier operator revoke`: a draft of the next list without a participant, or without one key. */
import { withoutKey, withoutParticipant } from '@revier/connector-sdk';
import { KeyId, ParticipantId } from '@revier/schema';
import type { Context, ExitCode } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { participantSession } from '../../participant/participant-session.ts';
import { propose } from './propose.ts';

export async function revoke(context: Context): Promise<ExitCode> {
  const [named] = context.positionals;
  const [id, kid] = [ParticipantId.safeParse(named), KeyId.safeParse(named)];
  if (!id.success && !kid.success) throw new UsageError('Name a participant (did:web:…) or a key id.');
  const session = await participantSession(context);
  const [list, times] = [session.keeper.list, { now: session.clock() }];
  return propose(
    context,
    session,
    id.success ? withoutParticipant(list, id.data, times) : withoutKey(list, kid.data ?? '', times),
  );
}
