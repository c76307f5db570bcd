/** The way to a node's agreements: named by their hash or its first characters. */
import { AgreementList, type AgreementView } from '@revier/schema';
import type { Context } from '../../context.ts';
import { nodeAtHand } from '../../node/admin-port.ts';
import { UsageError } from '../../options.ts';
import { byHash } from './by-hash.ts';

export async function agreementsAt(context: Context): Promise<AgreementView[]> {
  return (await (await nodeAtHand(context)).get('/v1/agreements', AgreementList)).agreements;
}

/** @throws UsageError unless exactly one fits */
export async function agreementNamed(context: Context): Promise<AgreementView> {
  const [given] = context.positionals;
  if (given === undefined) throw new UsageError('Name the agreement by its hash; see `revier agreement list`.');
  return byHash(given, await agreementsAt(context), 'No agreement of this node has this hash.');
}
