/** The way to the node in an incident: what is concerned, asked with the token of who may read the folder. */
import { ProblemError } from '@revier/connector-sdk';
import { AppError, Problem, RecipientList } from '@revier/schema';
import type { z } from 'zod';
import type { Context } from '../../context.ts';
import { UsageError } from '../../options.ts';
import { doorTo } from '../audit/owner.ts';

export function concernedIn({ flags }: Context) {
  const { query, dataset, since } = flags;
  return {
    ...(query === undefined ? {} : { submission: query }),
    ...(dataset === undefined ? {} : { dataset }),
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
  };
}

/** @throws AppError NODE_UNREACHABLE, ProblemError */
export async function told<S extends z.ZodType>(
  context: Context,
  path: string,
  body: object,
  schema: S,
): Promise<z.output<S>> {
  return atNode(context, path, schema, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** What only the owner may read. @throws as `told` */
export const readAt = <S extends z.ZodType>(context: Context, path: string, schema: S): Promise<z.output<S>> =>
  atNode(context, path, schema, {});

async function atNode<S extends z.ZodType>(
  context: Context,
  path: string,
  schema: S,
  init: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
): Promise<z.output<S>> {
  const { url, token } = await doorTo(context, 'node');
  const headers = { ...init.headers, authorization: `Bearer ${token}` };
  const reply = await fetch(`${url}${path}`, { ...init, headers }).catch((cause: unknown) => {
    throw new AppError('NODE_UNREACHABLE', { cause });
  });
  const json: unknown = await reply.json();
  if (!reply.ok) throw new ProblemError(Problem.parse(json));
  return schema.parse(json);
}

export async function recipientsAt(context: Context): Promise<RecipientList['recipients']> {
  const { by: reader } = context.flags;
  if (reader === undefined) throw new UsageError('Say who reads with --by: it is entered into the log.');
  return (await told(context, '/v1/recipients', { ...concernedIn(context), reader }, RecipientList)).recipients;
}
