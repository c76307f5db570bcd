/** `revier node reconcile` and `revier node deletions`: what a restored node has forgotten, and what is kept apart for that day. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CompactJws, Reconciled } from '@revier/schema';
import { z } from 'zod';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { nodeAtHand } from '../../node/admin-port.ts';
import { UsageError } from '../../options.ts';

export async function deletions(context: Context): Promise<ExitCode> {
  const { list } = await (await nodeAtHand(context)).get('/v1/deletions', z.object({ list: CompactJws }));
  await put(context, list);
  return exitCodes.answered;
}

export async function reconcile(context: Context): Promise<ExitCode> {
  const { flags } = context;
  const list = flags.deletions === undefined ? {} : { list: await listIn(context, flags.deletions) };
  const done = await (await nodeAtHand(context)).post('/v1/reconcile', list, Reconciled);
  await put(context, flags.json ? asJson(done) : told(done));
  return exitCodes.answered;
}

async function listIn({ terminal }: Context, file: string): Promise<CompactJws> {
  const text = await readFile(resolve(terminal.cwd, file), 'utf8').catch(() => '');
  const list = CompactJws.safeParse(text.trim());
  if (!list.success) throw new UsageError(`${file} is no deletion list.`);
  return list.data;
}

function told({ known, held, erased, revoked, coverage, sealed, charged, exhausted }: Reconciled): string {
  const log = `The log holds ${held} entries; ${known === null ? 'how many it had, nobody can tell' : `it had ${known} at least`}.`;
  const replayed = `Replayed: ${erased} erased persons, ${revoked} revoked agreements, ${coverage} covered sets, spending under ${charged} agreements.`;
  const rest =
    sealed.length === 0
      ? 'Everything is made good.'
      : `Not made good: no new answers before the next data epoch from ${sealed.map(({ dataset }) => dataset).join(', ')}.`;
  const budgets =
    exhausted === 0
      ? []
      : [`What was spent under ${exhausted} agreements, nobody can tell: nothing is left of their limits.`];
  return [log, replayed, rest, ...budgets, 'Now two persons can start the node (revier node restart-statement).'].join(
    '\n',
  );
}
