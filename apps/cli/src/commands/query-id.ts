/** The number on the ticket: the id of a query as it was printed. */
import { Uuid } from '@revier/schema';
import type { Context } from '../context.ts';
import { UsageError } from '../options.ts';

/** @throws UsageError */
export function queryIdOf({ positionals: [text] }: Context): string {
  const id = Uuid.safeParse(text);
  if (!id.success) throw new UsageError('Name the query by its id, as `revier query` prints it.');
  return id.data;
}
