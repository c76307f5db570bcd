/** One agreement among several, named by its hash or its first characters. */
import type { Sha256 } from '@revier/schema';
import { UsageError } from '../../options.ts';

/** @throws UsageError unless exactly one fits */
export function byHash<T extends { readonly hash: Sha256 }>(given: string, all: readonly T[], none: string): T {
  const found = all.filter(({ hash }) => hash.startsWith(given) || hash.startsWith(`sha256:${given}`));
  const [one] = found;
  if (one === undefined) throw new UsageError(none);
  if (found.length > 1) throw new UsageError('Several agreements begin like this: name more of the hash.');
  return one;
}
