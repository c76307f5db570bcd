/** `revier incident draft`: the notice of GDPR Art. 33 as far as the node can write it, with every gap named. */
import { type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { nodeAtHand, StatusOfNode } from '../../node/admin-port.ts';
import { langOf } from '../../terminal.ts';
import { recipientsAt } from './at-node.ts';
import { noticeText } from './notice.ts';

export async function draft(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  const status = await (await nodeAtHand(context)).get('/v1/status', StatusOfNode);
  const recipients = await recipientsAt(context);
  const { dataset, query, reason, since } = flags;
  const text = noticeText(flags.lang ?? langOf(terminal), {
    ...{ holder: status.participant, realm: status.realm, stop: status.stop, recipients },
    ...{ dataset, query, reason, since, now: terminal.clock() },
  });
  await put(context, text);
  return exitCodes.answered;
}
