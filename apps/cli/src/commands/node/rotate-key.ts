/** `revier node rotate-key`: a new key, asked for with both; the old one goes on counting until its time is over. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createSigner,
  describeEnrolment,
  generateKeyPair,
  keyIdOf,
  PrivateKey,
  publicKeyOf,
  signDocument,
  signEnrolment,
  textOf,
  writeWhole,
} from '@revier/connector-sdk';
import { unverifiedText } from '@revier/core';
import { AppError, CompactJws, Floor } from '@revier/schema';
import { reached } from '../../ask/enter.ts';
import { type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { fitting, participantFiles, pretty } from '../../participant/participant.ts';
import { type ParticipantSession, participantSession } from '../../participant/participant-session.ts';
import { tellNode } from '../../participant/told-lists.ts';
import { waitForPlace } from '../../participant/wait-for-place.ts';
import { readKeyFile } from '../../profile/key-file.ts';

const [NEXT, OLD, FLOOR] = ['next-key.jwk', 'old-key.jwk', 'floor.jws'];

export async function rotateKey(context: Context): Promise<ExitCode> {
  const session = await participantSession(context);
  const { own, keeper, office, clock, brokerUrl } = session;
  const standing = keeper.participant(own.participant);
  if (standing === undefined) throw new AppError('KEY_UNKNOWN', { detail: 'We do not stand in the trust list.' });
  const privateKey = await nextKey(own.folder);
  const { id, name, roles } = standing;
  const asked = { id, name, roles, code: null, aud: own.broker.id, realm: own.realm, now: clock() };
  const request = await signEnrolment({ ...asked, privateKey, outgoing: own.privateKey });
  const { enrolment, fingerprint } = describeEnrolment(request);
  // After an interruption it may be there already.
  if (keeper.keyOf(await keyIdOf(publicKeyOf(privateKey))) === undefined)
    await reached({ broker: brokerUrl }, () => office.enrol({ secret: null, enrolment: request }));
  context.terminal.stderr.write(`Fingerprint  ${fingerprint}\nRead it to the operator. Waiting for admission …\n`);
  await waitForPlace(enrolment, { keeper, office, broker: brokerUrl, waitSeconds: context.flags.wait });
  await takeOver(session, privateKey);
  const until = keeper.list.participants.flatMap(({ keys }) => keys).find(({ kid }) => kid === own.signer.kid)?.until;
  await put(
    context,
    `The new key is in force. Restart the node. What the old key has signed counts until ${until ?? 'now'}.`,
  );
  return exitCodes.answered;
}

async function nextKey(folder: string): Promise<PrivateKey> {
  const file = join(folder, NEXT);
  if ((await textOf(file)) !== undefined) return fitting(await readKeyFile(file), PrivateKey, NEXT);
  const { privateKey } = await generateKeyPair();
  await writeWhole(file, pretty(privateKey));
  return privateKey;
}

/** The floor is signed anew, and the node's folder learns of the list that knows the key, before the key takes its place. */
async function takeOver(session: ParticipantSession, privateKey: PrivateKey): Promise<void> {
  const { own } = session;
  const floor = await textOf(join(own.folder, FLOOR));
  if (floor !== undefined) {
    const jws = CompactJws.parse(floor.trim());
    const signed = await signDocument(fitting(unverifiedText(jws), Floor, FLOOR), await createSigner(privateKey));
    await writeWhole(join(own.folder, FLOOR), `${signed}\n`);
  }
  if (own.isNode) await tellNode(session);
  await writeWhole(join(own.folder, OLD), pretty(own.privateKey));
  await rename(join(own.folder, NEXT), join(own.folder, participantFiles.key));
}
