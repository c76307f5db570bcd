/** `revier node enrol`: from a code to a folder that starts; the keys are made here and never leave. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createOfficeClient,
  describeEnrolment,
  generateKeyPair,
  hashOfSecret,
  type OfficeClient,
  openTrustKeeper,
  PrivateKey,
  readInvitation,
  signEnrolment,
  type TrustKeeper,
  textOf,
  writeWhole,
} from '@revier/connector-sdk';
import { unverifiedText } from '@revier/core';
import { AppError, type Enrolment, GeneralJws, type ParticipantId, TrustList } from '@revier/schema';
import { reached } from '../../ask/enter.ts';
import { type Context, type ExitCode, exitCodes, folderOf, put } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { writeFirstFolder } from '../../participant/first-folder.ts';
import { fitting, participantFiles, pretty } from '../../participant/participant.ts';
import { waitForPlace } from '../../participant/wait-for-place.ts';
import { readKeyFile } from '../../profile/key-file.ts';
import { fileTrustMemory } from '../../profile/trust-file.ts';

/** What was sent, so that the same command after an interruption waits on. */
const REQUEST = 'enrolment.json';
const MEMORY = 'trust-enrolment.json';

export async function enrol(context: Context): Promise<ExitCode> {
  const { folder, code, broker, asked } = await wantedIn(context);
  const { clock, stderr } = context.terminal;
  await mkdir(join(folder, 'data'), { recursive: true, mode: 0o700 });
  const office = createOfficeClient({ baseUrl: broker, clock });
  const keeper = await reached({ broker }, () => pinned(folder, office, code, clock));
  const brokerId = brokerIn(keeper.list);
  const privateKey = await ownKey(folder);
  const request = await reached({ broker }, () =>
    requested(folder, office, code, (hash) =>
      signEnrolment({ ...asked, code: hash, aud: brokerId, realm: keeper.list.realm, privateKey, now: clock() }),
    ),
  );
  const { enrolment, fingerprint } = describeEnrolment(request);
  stderr.write(`Fingerprint  ${fingerprint}\n`);
  stderr.write('Read it to the operator, on a line that is not the broker’s. Waiting for admission …\n');
  await waitForPlace(enrolment, { keeper, office, broker, waitSeconds: context.flags.wait });
  await writeFirstFolder(folder, { enrolment, broker: { id: brokerId, url: broker }, keeper, privateKey });
  await put(
    context,
    `${asked.id} stands in version ${keeper.list.version} of the trust list. ${folder} is ready to start.`,
  );
  return exitCodes.answered;
}

async function wantedIn(context: Context) {
  const { broker, id, name, as = 'data-holder' } = context.flags;
  const [code] = context.positionals;
  if (code === undefined || broker === undefined || id === undefined || name === undefined)
    throw new UsageError('Name the code, and --broker, --id, --name, --folder.');
  const folder = folderOf(context);
  for (const file of [participantFiles.node, participantFiles.settings])
    if ((await textOf(join(folder, file))) !== undefined)
      throw new AppError('PROFILE_UNFIT', { detail: `${folder} is somebody’s folder already: it has a ${file}.` });
  const roles: Enrolment['roles'] = [as];
  return { folder, code, broker, asked: { id, name, roles } };
}

/** The code says who signs the list, so the broker need not be believed: another list with other signers does not fit it. */
async function pinned(folder: string, office: OfficeClient, code: string, clock: () => Date): Promise<TrustKeeper> {
  const invitation = readInvitation(code);
  const memory = fileTrustMemory(join(folder, MEMORY));
  const remembered = await memory.load();
  const { trustList } = remembered ?? (await office.trust());
  const list = fitting(unverifiedText(trustList), TrustList, 'The trust list');
  if (remembered === undefined && !invitation.pins(list))
    throw new AppError('SIGNATURE_INVALID', {
      detail:
        'The broker shows a trust list with other signers than the code names. Ask the operator, on another line.',
    });
  return openTrustKeeper({
    ...{ pinnedSigners: list, realm: list.realm, memory, now: () => clock().getTime() },
    trustList: remembered === undefined ? trustList : undefined,
  });
}

function brokerIn({ participants }: TrustList): ParticipantId {
  const [only, ...more] = participants.filter(({ roles }) => roles.includes('broker'));
  if (only === undefined || more.length > 0)
    throw new AppError('INVALID_REQUEST', { detail: 'The trust list does not have one broker.' });
  return only.id;
}

async function ownKey(folder: string): Promise<PrivateKey> {
  const file = join(folder, participantFiles.key);
  if ((await textOf(file)) !== undefined) return fitting(await readKeyFile(file), PrivateKey, participantFiles.key);
  const { privateKey } = await generateKeyPair();
  await writeWhole(file, pretty(privateKey));
  return privateKey;
}

async function requested(
  folder: string,
  office: OfficeClient,
  code: string,
  make: (hash: string) => Promise<GeneralJws>,
): Promise<GeneralJws> {
  const file = join(folder, REQUEST);
  const sent = await readFile(file, 'utf8').catch(() => undefined);
  if (sent !== undefined) return fitting(sent, GeneralJws, REQUEST);
  const { secret } = readInvitation(code);
  const enrolment = await make(hashOfSecret(secret));
  await office.enrol({ secret, enrolment });
  await writeWhole(file, pretty(enrolment));
  return enrolment;
}
