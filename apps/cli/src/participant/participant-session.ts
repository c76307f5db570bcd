/** A participant at work: its own folder, the trust list in force, and the broker's office. */
import { createOfficeClient, type OfficeClient, type TrustKeeper } from '@revier/connector-sdk';
import { reached } from '../ask/enter.ts';
import { trusted } from '../ask/trusted.ts';
import { type Context, folderOf } from '../context.ts';
import { fileTrustMemory, trustFileOf } from '../profile/trust-file.ts';
import { type LoadedParticipant, loadParticipant } from './participant.ts';

export interface ParticipantSession {
  readonly own: LoadedParticipant;
  readonly brokerUrl: string;
  readonly keeper: TrustKeeper;
  readonly office: OfficeClient;
  readonly clock: () => Date;
}

/** By `--folder`, else REVIER_FOLDER. @throws AppError as `openParticipant` */
export const participantSession = (context: Context): Promise<ParticipantSession> =>
  openParticipant(folderOf(context), { clock: context.terminal.clock, broker: context.flags.broker });

/** @throws AppError as `loadParticipant` and `trusted`; BROKER_UNREACHABLE */
export async function openParticipant(
  folder: string,
  { clock, broker: named }: { readonly clock: () => Date; readonly broker?: string | undefined },
): Promise<ParticipantSession> {
  const own = await loadParticipant(folder);
  const { participant: iss, realm, signer, pinnedSigners, broker, trustList: first } = own;
  const brokerUrl = named ?? broker.url;
  const office = createOfficeClient({ baseUrl: brokerUrl, identity: { signer, iss, aud: broker.id, realm }, clock });
  const memory = fileTrustMemory(trustFileOf(own.folder, own));
  const keeper = await reached({ broker: brokerUrl }, () =>
    trusted({ first, reads: office, memory, pinnedSigners, realm, clock }),
  );
  return { own, brokerUrl, keeper, office, clock };
}
