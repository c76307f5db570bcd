/** The name of some data: the same rows in any order have the same epoch, whichever store they lie in. */
import { createHash } from 'node:crypto';

export interface ContentSums {
  /** Id of the data model. */
  readonly model: string;
  /** In the order in which a row is spelled; `usable` comes last. */
  readonly columns: readonly string[];
  /** Number of rows, in decimals. */
  readonly rows: string;
  /** Four sums over all rows, in decimals: of each 64-bit word of SHA-256 over the row as it is spelled. */
  readonly sums: readonly string[];
}

/**
 * First 16 hex digits of SHA-256 over the sums. A row is spelled column by column as `<bytes in UTF-8>:<text>`, or `-` for
 * "not collected": length first, so that no two rows read alike. Record keys do not enter.
 */
export function epochOf({ model, columns, rows, sums }: ContentSums): string {
  const content = JSON.stringify([model, columns, rows, ...sums]);
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}
