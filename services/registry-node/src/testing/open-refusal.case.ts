/** A receipt that says no, opened as the broker opens it. */
import { resolver, verifyCompact } from '@revier/connector-sdk';
import { Receipt } from '@revier/schema';
import type { SmallHouse } from './house.case.ts';

/** The codes. */
export async function openRefusal({ parties, house }: SmallHouse, jws: string): Promise<string[]> {
  const resolve = resolver(parties.trust, { participant: house.self.participant });
  const receipt = await verifyCompact(jws, 'revier-receipt+jws', Receipt, resolve);
  if (receipt.decision !== 'refused') throw new Error(`The task was ${receipt.decision}.`);
  return receipt.reasons.map(({ code }) => code);
}
