/** `revier agreement resume-statement` and `resume`: two persons end a suspension, as they end a stop. */
import { resolve } from 'node:path';
import { GeneralJws, ResumeStatement, StatusDone } from '@revier/schema';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { nodeAtHand, readFileAs } from '../../node/admin-port.ts';
import { askOwnNode } from '../../node/owner.ts';
import { UsageError } from '../../options.ts';
import { agreementNamed } from './at-node.ts';

const HOURS = 24;

export async function resumeStatement(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  const { reason } = flags;
  if (reason === undefined) throw new UsageError('Say why with --reason.');
  const { hash: agreement, status, seq } = await agreementNamed(context);
  if (status !== 'SUSPENDED') throw new UsageError('The agreement is not suspended.');
  const { participant: node, realm } = await nodeAtHand(context);
  const iat = Math.floor(terminal.clock().getTime() / 1000);
  const exp = iat + (flags.hours ?? HOURS) * 3600;
  const statement = { kind: 'resume', node, realm, agreement, seq, reason, iat, exp };
  await put(context, asJson(ResumeStatement.parse(statement)));
  return exitCodes.answered;
}

export async function resume(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  if (flags.statement === undefined) throw new UsageError('Name the signed statement with --statement.');
  const signed = await readFileAs(resolve(terminal.cwd, flags.statement), GeneralJws);
  const { hash } = await agreementNamed(context);
  const done = await askOwnNode(context, `/v1/agreements/${hash}/status`, StatusDone, { status: 'ACTIVE', signed });
  await put(context, flags.json ? asJson(done) : done.statement);
  return exitCodes.answered;
}
