/** `revier trust show`: who takes part, how fresh that is, or what the next list would change. */
import { fingerprintOf } from '@revier/connector-sdk';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { type ParticipantSession, participantSession } from '../../participant/participant-session.ts';
import { changeInWords } from '../../render/list-change.ts';
import { plain } from '../../render/plain-text.ts';

export async function show(context: Context): Promise<ExitCode> {
  const session = await participantSession(context);
  if (context.flags.draft) await showDraft(context, session);
  else await showList(context, session);
  return exitCodes.answered;
}

/** As JSON it is the signed list itself, to be handed on beside the broker. */
async function showList(context: Context, { keeper }: ParticipantSession): Promise<void> {
  const { list, signed: trustList, timestamp } = keeper;
  const until = keeper.freshUntil();
  const freshness = until === undefined ? 'no timestamp' : `confirmed until ${new Date(until).toISOString()}`;
  const lines = [
    `version ${list.version} of the realm ${list.realm}, issued ${list.issued}, good until ${list.expires}`,
    `${keeper.isFresh() ? 'fresh' : 'STALE'}: ${freshness}`,
    `${list.threshold} of ${list.signers.length} have to sign the next one`,
    ...list.participants.map(({ id, name, roles, keys }) => {
      const marks = [
        ...(keys.some(({ kid }) => list.signers.includes(kid)) ? ['signs'] : []),
        ...(keys.some(({ kid }) => list.timestampers?.includes(kid)) ? ['timestamps'] : []),
      ];
      return `  ${id} (${plain(name)}): ${[...roles, ...marks].join(', ')}`;
    }),
  ];
  await put(context, context.flags.json ? asJson({ trustList, timestamp }) : lines.join('\n'));
}

async function showDraft(context: Context, { keeper, office }: ParticipantSession): Promise<void> {
  const { list, signatures } = await office.draft();
  const draft = fingerprintOf(list);
  const words = changeInWords(keeper.list, list).map((line) => line.split('\n').map(plain).join('\n'));
  const lines = [...words, '', `draft ${draft}`, `${signatures.length} of ${keeper.list.threshold} signatures`];
  await put(context, context.flags.json ? asJson({ draft, changes: words, list }) : lines.join('\n'));
}
