/** `revier inbox approve`, `reject` and `opinion`: one person's signed word about the draft that waits. */
import { resolve } from 'node:path';
import { ApprovalRole, ApprovalStatement, InboxEntry, Opinion, SignedWord } from '@revier/schema';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { nodeAtHand, readFileAs } from '../../node/admin-port.ts';
import { askOwnNode } from '../../node/owner.ts';
import { UsageError } from '../../options.ts';
import { entryNamed, shortId } from './entry-named.ts';
import { roleIn, signShown, validity } from './keys.ts';

export const approve = (context: Context): Promise<ExitCode> =>
  word(context, 'revier-approval+jws', async (base) =>
    ApprovalStatement.parse({ kind: 'approval', ...base, decision: 'approve', role: await approvingRole(context) }),
  );

export const reject = (context: Context): Promise<ExitCode> =>
  word(context, 'revier-approval+jws', async (base) => {
    const { reason } = context.flags;
    if (reason === undefined) throw new UsageError('Say why with --reason.');
    const role = await approvingRole(context);
    return ApprovalStatement.parse({ kind: 'approval', ...base, decision: 'reject', role, reason });
  });

export const opinion = (context: Context): Promise<ExitCode> =>
  word(context, 'revier-opinion+jws', async (base) => {
    const { verdict, text, condition } = context.flags;
    if (verdict === undefined || text === undefined)
      throw new UsageError('Give the opinion with --verdict and --text.');
    const conditions = condition === undefined ? [] : [condition];
    return Opinion.parse({ kind: 'opinion', ...base, verdict, text, conditions });
  });

type Base = Pick<Opinion, 'node' | 'realm' | 'iat' | 'exp' | 'agreement'>;

async function word(
  context: Context,
  kind: 'revier-approval+jws' | 'revier-opinion+jws',
  make: (base: Base) => Promise<ApprovalStatement | Opinion>,
): Promise<ExitCode> {
  const { flags, terminal } = context;
  if (flags.statement !== undefined) {
    const signed = await readFileAs(resolve(terminal.cwd, flags.statement), SignedWord);
    return handedIn(context, signed);
  }
  const { draft } = await entryNamed(context);
  if (draft === null) throw new UsageError('There is no draft to decide about.');
  const { participant: node, realm } = await nodeAtHand(context);
  const statement = await make({ node, realm, ...validity(context), agreement: draft });
  if (flags.key !== undefined) return handedIn(context, { statement: await signShown(context, kind, statement) });
  await put(context, asJson(statement));
  return exitCodes.answered;
}

async function handedIn(context: Context, signed: SignedWord): Promise<ExitCode> {
  const entry = await askOwnNode(context, '/v1/inbox/words', InboxEntry, signed);
  const missing = entry.missing.length === 0 ? '' : `, still missing: ${entry.missing.join(', ')}`;
  await put(context, context.flags.json ? asJson(entry) : `${shortId(entry)} is ${entry.state}${missing}.`);
  return exitCodes.answered;
}

async function approvingRole(context: Context): Promise<ApprovalRole> {
  const role = ApprovalRole.safeParse((await roleIn(context)).replace(/^deputy-/, ''));
  if (!role.success) throw new UsageError('The data protection officer gives an opinion, and decides nothing.');
  return role.data;
}
