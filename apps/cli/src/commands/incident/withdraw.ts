/** `revier incident withdraw`: the holder's signed word that its part of answers no longer stands. */
import { z } from 'zod';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { askOwnNode } from '../../node/owner.ts';
import { UsageError } from '../../options.ts';
import { concernedIn } from './at-node.ts';

const Done = z.object({ statement: z.string(), releases: z.int(), told: z.boolean() });

export async function withdraw(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  if (flags.reason === undefined) throw new UsageError('Say why with --reason; whoever asked reads it.');
  if (flags.query === undefined && flags.dataset === undefined)
    throw new UsageError('Say what with --query or --dataset.');
  const done = await askOwnNode(context, '/v1/withdraw', Done, { ...concernedIn(context), reason: flags.reason });
  const how = done.told ? 'The broker has been told.' : 'The broker could not be told: hand the statement on.';
  terminal.stderr.write(`${done.releases} releases withdrawn. ${how}\n`);
  await put(context, flags.json ? asJson(done) : done.statement);
  return exitCodes.answered;
}
