/** `revier trust publish`: brings a signed list to the broker, also one that was signed by hand. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TrustView } from '@revier/schema';
import { type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { fitting } from '../../participant/participant.ts';
import { participantSession } from '../../participant/participant-session.ts';

export async function publish(context: Context): Promise<ExitCode> {
  const { keeper, office } = await participantSession(context);
  await keeper.take(await viewIn(context));
  await office.sendTrust({ trustList: keeper.signed, timestamp: keeper.timestamp });
  await put(context, `The broker has version ${keeper.list.version}.`);
  return exitCodes.answered;
}

/** As `revier trust show --json` prints it. */
export async function viewIn({ positionals: [file], terminal: { cwd } }: Context): Promise<TrustView> {
  if (file === undefined) throw new UsageError('Name the file with the signed list.');
  return fitting(await readFile(resolve(cwd, file), 'utf8'), TrustView, file);
}
