/** `revier inbox policy`: what the holder wants decided by itself. */
import { resolve } from 'node:path';
import { GeneralJws, Sha256, StandingPolicy, StandingPolicyList } from '@revier/schema';
import { z } from 'zod';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { nodeAtHand, readFileAs } from '../../node/admin-port.ts';
import { askOwnNode } from '../../node/owner.ts';
import { UsageError } from '../../options.ts';
import { plain } from '../../render/plain-text.ts';
import { validity } from './keys.ts';

const Wanted = StandingPolicy.pick({ name: true, decides: true, reason: true, when: true });

export async function policy(context: Context): Promise<ExitCode> {
  const [verb] = context.positionals;
  if (verb === 'list') await told(context, await askOwnNode(context, '/v1/policies', StandingPolicyList));
  else if (verb === 'prepare') await prepare(context);
  else if (verb === 'give') await give(context);
  else if (verb === 'end') await end(context);
  else throw new UsageError('Say list, prepare, give or end.');
  return exitCodes.answered;
}

async function prepare(context: Context): Promise<void> {
  const { flags, terminal } = context;
  if (flags.from === undefined) throw new UsageError('Name the file with name, decides, reason and when: --from.');
  const wanted = await readFileAs(resolve(terminal.cwd, flags.from), Wanted);
  const { participant: node, realm } = await nodeAtHand(context);
  const prepared: StandingPolicy = { kind: 'standing-policy', node, realm, ...validity(context, 365), ...wanted };
  await put(context, asJson(prepared));
}

async function give(context: Context): Promise<void> {
  const { flags, terminal } = context;
  if (flags.statement === undefined) throw new UsageError('Name the signed policy with --statement.');
  const signed = await readFileAs(resolve(terminal.cwd, flags.statement), GeneralJws);
  const given = await askOwnNode(context, '/v1/policies', z.strictObject({ hash: Sha256 }), signed);
  await put(context, flags.json ? asJson(given) : `It decides from now on (${given.hash}).`);
}

async function end(context: Context): Promise<void> {
  const { name, by } = context.flags;
  if (name === undefined || by === undefined) throw new UsageError('Say which with --name, and who ends it with --by.');
  await told(
    context,
    await askOwnNode(context, `/v1/policies/${encodeURIComponent(name)}/end`, StandingPolicyList, { by }),
  );
}

async function told(context: Context, list: StandingPolicyList): Promise<void> {
  const lines = list.policies.map(({ policy: { name, decides, reason }, isInForce, signers }) =>
    plain(`${isInForce ? 'in force' : 'over    '}  ${decides}  ${name}  ${reason}  (${signers.join(', ')})`),
  );
  await put(
    context,
    context.flags.json ? asJson(list) : lines.join('\n') || 'There are none: people decide everything.',
  );
}
