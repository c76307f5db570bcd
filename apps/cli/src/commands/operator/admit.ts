/** `revier operator admit`: whoever has read this very fingerprint to the operator becomes part of the next list. */
import { withEnrolment, withSector } from '@revier/connector-sdk';
import { AppError } from '@revier/schema';
import type { Context, ExitCode } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { participantSession } from '../../participant/participant-session.ts';
import { propose, sameFingerprint } from './propose.ts';
import { verifiedRequests } from './requests.ts';

export async function admit(context: Context): Promise<ExitCode> {
  const [named] = context.positionals;
  if (named === undefined) throw new UsageError('Name the fingerprint, as the node shows it.');
  const session = await participantSession(context);
  const found = (await verifiedRequests(session)).find(({ fingerprint }) => sameFingerprint(fingerprint, named));
  if (found === undefined)
    throw new AppError('NOT_FOUND', {
      detail:
        'Nobody asks with this fingerprint. Compare it with what the node shows: if it differs, somebody is in between.',
    });
  const { days: overlapDays, sector } = context.flags;
  const times = { now: session.clock(), ...(overlapDays === undefined ? {} : { overlapDays }) };
  const list = withEnrolment(session.keeper.list, found.enrolment, times);
  return propose(context, session, sector === undefined ? list : withSector(list, found.enrolment.id, sector));
}
