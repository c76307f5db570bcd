/** The way to the node in an incident: what is concerned, asked with the token of who may read the folder. */
import { RecipientList } from '@revier/schema';
import type { Context } from '../../context.ts';
import { askOwnNode } from '../../node/owner.ts';
import { UsageError } from '../../options.ts';

export function concernedIn({ flags }: Context) {
  const { query, dataset, since } = flags;
  return {
    ...(query === undefined ? {} : { submission: query }),
    ...(dataset === undefined ? {} : { dataset }),
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
  };
}

export async function recipientsAt(context: Context): Promise<RecipientList['recipients']> {
  const { by: reader } = context.flags;
  if (reader === undefined) throw new UsageError('Say who reads with --by: it is entered into the log.');
  return (await askOwnNode(context, '/v1/recipients', RecipientList, { ...concernedIn(context), reader })).recipients;
}
