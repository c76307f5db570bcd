/** A draft on its way to the signers: made here from the list in force, told in words, laid down at the broker. */
import { fingerprintOf } from '@revier/connector-sdk';
import type { TrustList } from '@revier/schema';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import type { ParticipantSession } from '../../participant/participant-session.ts';
import { changeInWords } from '../../render/list-change.ts';
import { plain } from '../../render/plain-text.ts';

export async function propose(
  context: Context,
  { keeper, office }: ParticipantSession,
  list: TrustList,
): Promise<ExitCode> {
  const { needed } = await office.propose(list);
  const fingerprint = fingerprintOf(list);
  const text = [
    ...changeInWords(keeper.list, list).map((line) => line.split('\n').map(plain).join('\n')),
    '',
    `draft ${fingerprint}`,
    `${needed} of the holders who sign have to sign it: revier trust sign "${fingerprint}"`,
  ];
  await put(
    context,
    context.flags.json ? asJson({ version: list.version, draft: fingerprint, needed }) : text.join('\n'),
  );
  return exitCodes.answered;
}

/** However it was typed: with spaces, hyphens or nothing between the groups. */
export const sameFingerprint = (one: string, other: string): boolean =>
  bare(one) === bare(other) && bare(one).length === 32;

const bare = (fingerprint: string): string => fingerprint.toLowerCase().replaceAll(/[^0-9a-f]/g, '');
