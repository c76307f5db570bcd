/** `revier agreement suspend|revoke|complete`: one person's word, in force at once; prints the signed statement. */
import { StatusDone, type StatusRequest } from '@revier/schema';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { askOwnNode } from '../../node/owner.ts';
import { UsageError } from '../../options.ts';
import { agreementNamed } from './at-node.ts';

type Word = Extract<StatusRequest, { by: string }>;

async function state(context: Context, wordOf: (said: Pick<Word, 'reason' | 'by'>) => Word): Promise<ExitCode> {
  const { flags, terminal } = context;
  const { reason, by } = flags;
  if (reason === undefined) throw new UsageError('Say why with --reason; the data user reads it.');
  if (by === undefined) throw new UsageError('Say who you are with --by, as you are enrolled at the node.');
  const { hash } = await agreementNamed(context);
  const done = await askOwnNode(context, `/v1/agreements/${hash}/status`, StatusDone, wordOf({ reason, by }));
  const { cancelled, dropped, withdrawn } = done;
  terminal.stderr.write(`${cancelled} questions cancelled, ${dropped} answers kept back, ${withdrawn} withdrawn.\n`);
  terminal.stderr.write(
    done.told ? 'The broker knows.\n' : 'The broker could not be reached yet: it is told as soon as it can be.\n',
  );
  await put(context, flags.json ? asJson(done) : done.statement);
  return exitCodes.answered;
}

export const suspend = (context: Context): Promise<ExitCode> =>
  state(context, (said) => ({ status: 'SUSPENDED', ...said }));

export const complete = (context: Context): Promise<ExitCode> =>
  state(context, (said) => ({ status: 'COMPLETED', ...said }));

export const revoke = (context: Context): Promise<ExitCode> =>
  state(context, (said) => ({ status: 'REVOKED', ...said, keepResults: context.flags['keep-results'] }));
