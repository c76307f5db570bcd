/** A receipt of a dry run, opened as the broker opens it. */
import { resolver, verifyCompact } from '@revier/connector-sdk';
import { type Assessment, Receipt } from '@revier/schema';
import type { SmallHouse } from './house.case.ts';

export async function openAssessed({ parties, house }: SmallHouse, jws: string): Promise<Assessment> {
  const resolve = resolver(parties.trust, { participant: house.self.participant });
  const receipt = await verifyCompact(jws, 'revier-receipt+jws', Receipt, resolve);
  if (receipt.decision !== 'assessed') throw new Error(`The dry run was ${receipt.decision}.`);
  return receipt.assessment;
}
