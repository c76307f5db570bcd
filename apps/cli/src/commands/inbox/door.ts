/** The way to the inbox of a node on this machine, with the token of whoever can read its folder. */
import { ProblemError } from '@revier/connector-sdk';
import { AppError, type InboxEntry, InboxList, Problem } from '@revier/schema';
import type { z } from 'zod';
import type { Context } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { doorTo } from '../audit/owner.ts';

/** @throws AppError NODE_UNREACHABLE, ProblemError for what the node refuses */
export async function ask<S extends z.ZodType>(
  context: Context,
  path: string,
  schema: S,
  body?: object,
): Promise<z.output<S>> {
  const { url, token } = await doorTo(context, 'node');
  const authorization = `Bearer ${token}`;
  const init =
    body === undefined
      ? { headers: { authorization } }
      : {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        };
  const reply = await fetch(`${url}${path}`, init).catch((cause: unknown) => {
    throw new AppError('NODE_UNREACHABLE', { cause });
  });
  const json: unknown = await reply.json();
  if (!reply.ok) throw new ProblemError(Problem.parse(json));
  return schema.parse(json);
}

export const shortId = ({ id }: Pick<InboxEntry, 'id'>): string => id.slice('urn:uuid:'.length);

/** The beginning of an id will do where it is the only one. @throws UsageError */
export async function entryNamed(context: Context): Promise<InboxEntry> {
  const [given] = context.positionals;
  if (given === undefined) throw new UsageError('Name the application by its id; `revier inbox list` tells it.');
  const { entries } = await ask(context, '/v1/inbox', InboxList);
  const start = given.replace(/^urn:uuid:/, '');
  const found = entries.filter((entry) => shortId(entry).startsWith(start));
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new UsageError(
      `${found.length === 0 ? 'No application begins' : 'Several applications begin'} with this id.`,
    );
  return only;
}
