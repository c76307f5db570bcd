/** `revier node start`: hands the node a statement that two enrolled persons have signed. */
import { resolve } from 'node:path';
import { GeneralJws } from '@revier/schema';
import { z } from 'zod';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { nodeAtHand, readFileAs } from '../../node/admin-port.ts';
import { UsageError } from '../../options.ts';

const Running = z.object({ state: z.literal('running') });

export async function start(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  if (flags.statement === undefined) throw new UsageError('Name the signed statement with --statement.');
  const statement = await readFileAs(resolve(terminal.cwd, flags.statement), GeneralJws);
  const running = await (await nodeAtHand(context)).post('/v1/start', statement, Running);
  await put(context, flags.json ? asJson(running) : 'The node works again.');
  return exitCodes.answered;
}
