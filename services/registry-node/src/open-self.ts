/** Who this node is: key, trust list, floor and datasets are held against each other before anything starts. */
import { assertRealData, type TrustKeeper, trustOf, verifyFloor } from '@revier/connector-sdk';
import { contentHash } from '@revier/core';
import { AppError, DatasetDescription } from '@revier/schema';
import { assertGuardsOn } from '@revier/service-kit';
import type { NodeOptions } from './node-options.ts';
import type { HeldDataset, Self } from './ports.ts';

/** @throws AppError KEY_UNKNOWN, WRONG_REALM, SIGNATURE_INVALID, EXPIRED, FORBIDDEN with a sentence that says what does not fit */
export async function openSelf(options: NodeOptions, trust: TrustKeeper): Promise<Self> {
  const { participant, signer, realm, broker } = options;
  assertGuardsOn(realm);
  const now = options.now ?? Date.now;
  const clock = { now: new Date(now()) };
  const own = trust.keyOf(signer.kid)?.participant;
  if (own?.id !== participant)
    throw new AppError('KEY_UNKNOWN', { detail: 'The trust list does not know our key under our name.' });
  if (!own.roles.includes('data-holder'))
    throw new AppError('FORBIDDEN', { detail: 'The trust list does not name us as a data holder.' });
  // Our own papers need no timestamp: at a start there may be none yet.
  const floor = await verifyFloor(options.floor, { trust: trustOf(trust.list, now), ...clock });
  if (floor.document.holder !== participant)
    throw new AppError('SIGNATURE_INVALID', { detail: 'The floor is that of another holder.' });
  return { participant, realm, broker: broker.id, signer, trust, floor: floor.document, now };
}

/** @throws AppError INVALID_REQUEST for a description that does not fit its schema, FORBIDDEN for one that is not ours, or invented in production */
export function holdDatasets({
  datasets,
  participant,
  realm,
}: Pick<NodeOptions, 'datasets' | 'participant' | 'realm'>): ReadonlyMap<string, HeldDataset> {
  const held = new Map<string, HeldDataset>();
  for (const [at, { description, source }] of datasets.entries()) {
    const parsed = DatasetDescription.safeParse(description);
    if (!parsed.success)
      throw AppError.at('INVALID_REQUEST', `/datasets/${at}`, 'The description does not fit its schema.');
    const { id, holder } = parsed.data;
    if (holder !== participant || parsed.data.realm !== realm || held.has(id))
      throw AppError.at(
        'FORBIDDEN',
        `/datasets/${at}`,
        'The description is of another holder or realm, or there twice.',
      );
    assertRealData(parsed.data);
    held.set(id, { description: parsed.data, hash: contentHash(parsed.data), source });
  }
  return held;
}
