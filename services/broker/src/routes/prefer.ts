/** `Prefer: wait=N` (RFC 7240): how long a client would wait. */
import { LONGEST_WAIT } from '@revier/schema';

/** Seconds, 60 at most; 0 when the client does not want to wait or asks for something else. */
export function waitOf(prefer: string | readonly string[] | undefined): number {
  const wait = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])/i.exec([prefer ?? ''].flat().join(','))?.[1];
  return Math.min(LONGEST_WAIT, Number(wait ?? 0));
}
