/** An application in the inbox of a node on this machine, as a person names it. */
import { type InboxEntry, InboxList } from '@revier/schema';
import type { Context } from '../../context.ts';
import { askOwnNode } from '../../node/owner.ts';
import { UsageError } from '../../options.ts';

export const shortId = ({ id }: Pick<InboxEntry, 'id'>): string => id.slice('urn:uuid:'.length);

/** The beginning of an id will do where it is the only one. @throws UsageError */
export async function entryNamed(context: Context): Promise<InboxEntry> {
  const [given] = context.positionals;
  if (given === undefined) throw new UsageError('Name the application by its id; `revier inbox list` tells it.');
  const { entries } = await askOwnNode(context, '/v1/inbox', InboxList);
  const start = given.replace(/^urn:uuid:/, '');
  const found = entries.filter((entry) => shortId(entry).startsWith(start));
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new UsageError(
      `${found.length === 0 ? 'No application begins' : 'Several applications begin'} with this id.`,
    );
  return only;
}
