/** Something newer about who takes part: kept if it holds, and told to the other processes of this broker. */
import type { TrustView } from '@revier/schema';
import type { Broker } from '../ports.ts';
import { TRUST_TOPIC } from '../topics.ts';
import { takenEntries } from '../trust-entries.ts';

/** @throws AppError as the keeper does: an older list, too few signatures, a timestamp of somebody else */
export async function takeTrust(broker: Broker, view: TrustView): Promise<void> {
  const { trust, wakes, logger } = broker;
  const before = trust.list;
  if (!(await trust.take(view))) return;
  const { list } = trust;
  if (list.version > before.version) {
    // Another process of this broker may have been brought the same one.
    await broker.log.appendOnce(takenEntries(before, list));
    logger.info({ version: list.version }, 'a new trust list is in force');
  }
  wakes.wakeSoon(TRUST_TOPIC);
}
