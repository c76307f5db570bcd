/** What a holder tells its own node, beside the broker: newer trust lists in the node's folder. */
import { join } from 'node:path';
import { writeWhole } from '@revier/connector-sdk';
import { unverified } from '@revier/core';
import type { GeneralJws } from '@revier/schema';
import { AppError } from '@revier/schema';
import { pretty } from './participant.ts';
import type { ParticipantSession } from './participant-session.ts';

const FILE = 'newer-trust-lists.json';

/** Every version from the folder's own list to the one in force, since each vouches for the next; the node looks every second. */
export async function tellNode({ own, keeper, office }: ParticipantSession): Promise<void> {
  if (!own.isNode) throw new AppError('PROFILE_UNFIT', { detail: `${own.folder} is not the folder of a node.` });
  const lists: GeneralJws[] = [];
  const from = versionIn(own.trustList) + 1;
  for (let version = from; version < keeper.list.version; version++) lists.push(await office.trustListOf(version));
  if (keeper.list.version >= from) lists.push(keeper.signed);
  await writeWhole(join(own.folder, FILE), pretty(lists));
}

const versionIn = (list: GeneralJws): number => Number(Object(unverified(list)).version);
