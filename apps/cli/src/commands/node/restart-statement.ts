/** `revier node restart-statement`: what two enrolled persons have to sign to end the stop that holds. */
import { RestartStatement } from '@revier/schema';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { nodeAtHand, StatusOfNode } from '../../node/admin-port.ts';
import { UsageError } from '../../options.ts';

const HOURS = 24;

export async function restartStatement(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  if (flags.reason === undefined) throw new UsageError('Say why with --reason.');
  const node = await nodeAtHand(context);
  const { stop } = await node.get('/v1/status', StatusOfNode);
  if (stop === null) throw new UsageError('The node is not stopped.');
  const iat = Math.floor(terminal.clock().getTime() / 1000);
  const { participant, realm } = node;
  const exp = iat + (flags.hours ?? HOURS) * 3600;
  const reason = flags.reason;
  const statement = RestartStatement.parse({
    kind: 'restart',
    node: participant,
    realm,
    stop: stop.id,
    reason,
    iat,
    exp,
  });
  await put(context, asJson(statement));
  return exitCodes.answered;
}
