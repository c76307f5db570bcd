/** Whom this node trusts: what it remembers in its records, never older, and what its holder has told it since. */
import { openTrustKeeper, type TrustKeeper } from '@revier/connector-sdk';
import { recordsTrustMemory } from '@revier/service-kit';
import { readToldLists } from './adapters/told-lists.ts';
import type { NodeOptions } from './node-options.ts';

/** @throws AppError as `openTrustList`; REPLAYED when the folder contradicts what is remembered */
export async function openKeeper(options: NodeOptions): Promise<TrustKeeper> {
  const { trustList, pinnedSigners, realm, records, schema, toldLists, now = Date.now } = options;
  const memory = recordsTrustMemory(records, schema);
  const keeper = await openTrustKeeper({ trustList, pinnedSigners, realm, memory, now });
  if (toldLists !== undefined) await takeTold(keeper, toldLists);
  return keeper;
}

/** Each vouches for the next; those that we have already are passed over. @throws AppError as the keeper does */
export async function takeTold(keeper: TrustKeeper, path: string): Promise<void> {
  for (const { version, trustList } of await readToldLists(path))
    if (version > keeper.list.version) await keeper.take({ trustList, timestamp: null }, { passing: true });
}
