/** The folder of somebody who has just been admitted: a node that starts, or a participant that signs. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createSigner, type PrivateKey, signDocument, type TrustKeeper, writeWhole } from '@revier/connector-sdk';
import { AppError, type Enrolment, type Floor, type GeneralJws, KeyId, type ParticipantId } from '@revier/schema';
import { z } from 'zod';
import { participantFiles, pretty, writeParticipant } from './participant.ts';

export interface FirstFolder {
  readonly enrolment: Enrolment;
  readonly broker: { readonly id: ParticipantId; readonly url: string };
  readonly keeper: TrustKeeper;
  readonly privateKey: PrivateKey;
}

/** Careful to begin with: the holder signs another one when it knows what its data bear. */
const FIRST_FLOOR = { minCellSize: 10, publicDatasets: [], maxDimensions: 5, maxCells: 200_000 };

export async function writeFirstFolder(folder: string, first: FirstFolder): Promise<void> {
  const { enrolment, broker, keeper, privateKey } = first;
  const pinnedSigners = signedBy(keeper);
  const { id: participant, realm, roles } = enrolment;
  const settings = { participant, realm, pinnedSigners, broker };
  if (!roles.includes('data-holder'))
    return writeParticipant(folder, { ...settings, trustList: keeper.signed, privateKey });
  const floor: Floor = { kind: 'floor', holder: participant, realm, ...FIRST_FLOOR };
  const signed = await signDocument(floor, await createSigner(privateKey));
  await writeWhole(join(folder, participantFiles.trustList), pretty(keeper.signed));
  await writeWhole(join(folder, 'floor.jws'), `${signed}\n`);
  await writeWhole(join(folder, 'noise.key'), `${randomBytes(32).toString('hex')}\n`);
  // Last, since it makes the folder one that starts.
  const admin = { host: '127.0.0.1', port: 0 };
  await writeWhole(join(folder, participantFiles.node), pretty({ ...settings, admin, datasets: [] }));
}

const Header = z.object({ kid: KeyId });

/** Those who have signed the list that the folder begins with: a start demands every one of them. */
function signedBy({ list, signed }: { readonly list: TrustKeeper['list']; readonly signed: GeneralJws }): KeyId[] {
  const kids = signed.signatures.map(
    (signature) => Header.parse(JSON.parse(Buffer.from(signature.protected, 'base64url').toString('utf8'))).kid,
  );
  const staying = kids.filter((kid) => list.signers.includes(kid));
  if (staying.length === 0)
    throw new AppError('SIGNATURE_INVALID', { detail: 'None of the present signers has signed this list.' });
  return staying;
}
