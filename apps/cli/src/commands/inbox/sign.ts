/** `revier inbox sign`: one person's signature under what was prepared; shows first what is signed. */
import { resolve } from 'node:path';
import { addSignature, signGeneral } from '@revier/connector-sdk';
import { unverified } from '@revier/core';
import { ApprovalStatement, GeneralJws, Opinion, type SignatureKind, StandingPolicy } from '@revier/schema';
import { z } from 'zod';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { readFileAs } from '../../node/admin-port.ts';
import { UsageError } from '../../options.ts';
import { keyIn, showWhatIsSigned, signShown } from './keys.ts';
import { LimitToSign } from './limit.ts';

const Prepared = z.union([ApprovalStatement, Opinion, StandingPolicy, LimitToSign, GeneralJws]);

export async function sign(context: Context): Promise<ExitCode> {
  const [file] = context.positionals;
  if (file === undefined) throw new UsageError('Name the prepared statement, and your key with --key.');
  const prepared = await readFileAs(resolve(context.terminal.cwd, file), Prepared);
  await put(context, asJson(await signed(context, prepared)));
  return exitCodes.answered;
}

const kinds = { approval: 'revier-approval+jws', opinion: 'revier-opinion+jws' } as const satisfies Record<
  string,
  SignatureKind
>;
const POLICY = 'revier-standing-policy+jws';

async function signed(context: Context, prepared: z.infer<typeof Prepared>): Promise<object> {
  if ('signatures' in prepared) {
    showWhatIsSigned(context, policyIn(prepared));
    return addSignature(prepared, POLICY, await keyIn(context));
  }
  if ('statement' in prepared) {
    const { agreement, statement } = prepared;
    return { agreement, statement: await signShown(context, 'revier-limit+jws', statement) };
  }
  if (prepared.kind === 'standing-policy') {
    showWhatIsSigned(context, prepared);
    return signGeneral(POLICY, prepared, [await keyIn(context)]);
  }
  return { statement: await signShown(context, kinds[prepared.kind], prepared) };
}

/** The signature that is there is verified by the node: nobody else knows who is enrolled. */
function policyIn(given: GeneralJws): StandingPolicy {
  try {
    return StandingPolicy.parse(unverified(given));
  } catch {
    throw new UsageError('This is no standing policy.');
  }
}
