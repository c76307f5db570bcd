/** `revier trust sign`: a signer's name under the very draft that was read and compared, and under no other. */
import { catchUp, fingerprintOf, signGeneral } from '@revier/connector-sdk';
import { AppError } from '@revier/schema';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { participantSession } from '../../participant/participant-session.ts';
import { tellNode } from '../../participant/told-lists.ts';
import { changeInWords } from '../../render/list-change.ts';
import { plain } from '../../render/plain-text.ts';
import { sameFingerprint } from '../operator/propose.ts';

export async function sign(context: Context): Promise<ExitCode> {
  const [named] = context.positionals;
  if (named === undefined)
    throw new UsageError('Read `revier trust show --draft`, then name the fingerprint of the draft.');
  const session = await participantSession(context);
  const { own, keeper, office } = session;
  const { list } = await office.draft();
  const words = changeInWords(keeper.list, list).map((line) => line.split('\n').map(plain).join('\n'));
  context.terminal.stderr.write(`${words.join('\n')}\n`);
  const fingerprint = fingerprintOf(list);
  if (!sameFingerprint(fingerprint, named))
    throw new AppError('SIGNATURE_INVALID', {
      detail: `The broker shows another draft, ${fingerprint}. Nothing was signed.`,
    });
  if (list.version !== keeper.list.version + 1 || list.realm !== own.realm)
    throw new AppError('REPLAYED', { detail: 'The draft does not follow the list in force. Nothing was signed.' });
  if (!keeper.list.signers.includes(own.signer.kid))
    throw new AppError('FORBIDDEN', { detail: 'Your key is not among those that sign the trust list.' });
  const standing = await office.sign(await signGeneral('revier-trust-list+jws', list, [own.privateKey]));
  // Our own node, which may be a timestamper, must not depend on the broker to hear of it.
  if (standing.published) await catchUp(keeper, office);
  if (standing.published && own.isNode) await tellNode(session);
  const text = standing.published
    ? `Version ${standing.version} is in force.`
    : `Signed: ${standing.signatures} of ${standing.needed}.`;
  await put(context, context.flags.json ? asJson(standing) : text);
  return exitCodes.answered;
}
