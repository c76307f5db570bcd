/** `revier inbox limit`: a limited draft from flags or from an edited agreement; signed by who makes it, and handed in. */
import { resolve } from 'node:path';
import {
  Agreement,
  Duty,
  InboxEntry,
  LimitedDraft,
  LimitHandedIn,
  LimitStatement,
  type LimitWishes,
} from '@revier/schema';
import { z } from 'zod';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { nodeAtHand, readFileAs } from '../../node/admin-port.ts';
import { askOwnNode } from '../../node/owner.ts';
import { type Flags, UsageError } from '../../options.ts';
import { plain } from '../../render/plain-text.ts';
import { langOf } from '../../terminal.ts';
import { entryNamed, shortId } from './entry-named.ts';
import { signShown, validity } from './keys.ts';

/** What is prepared for `revier inbox sign`. */
export const LimitToSign = z.strictObject({ agreement: Agreement, statement: LimitStatement });

export async function limit(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  const entry = await entryNamed(context);
  if (flags.statement !== undefined)
    return handedIn(context, entry, await readFileAs(resolve(terminal.cwd, flags.statement), LimitHandedIn));
  const how =
    flags.from === undefined
      ? { wishes: wishesIn(flags) }
      : { edited: await readFileAs(resolve(terminal.cwd, flags.from), Agreement) };
  const prepared = await askOwnNode(context, `/v1/inbox/${shortId(entry)}/limited`, LimitedDraft, how);
  showChanges(context, prepared);
  const { participant: node, realm } = await nodeAtHand(context);
  const { agreement, hash, draft } = prepared;
  const statement: LimitStatement = {
    ...{ kind: 'limit', node, realm, ...validity(context) },
    ...{ negotiation: entry.id, draft, agreement: hash },
  };
  if (flags.key !== undefined) {
    const signed = await signShown(context, 'revier-limit+jws', statement);
    return handedIn(context, entry, { agreement, statement: signed });
  }
  await put(context, asJson({ agreement, statement }));
  return exitCodes.answered;
}

async function handedIn(context: Context, { id }: InboxEntry, given: LimitHandedIn): Promise<ExitCode> {
  const entry = await askOwnNode(context, `/v1/inbox/${shortId({ id })}/limit`, InboxEntry, given);
  const text = `${shortId(entry)} is limited; approvals are needed of ${entry.missing.join(', ') || 'nobody'}.`;
  await put(context, context.flags.json ? asJson(entry) : text);
  return exitCodes.answered;
}

function showChanges({ flags, terminal }: Context, { changes }: LimitedDraft): void {
  const lang = flags.lang ?? langOf(terminal);
  for (const change of changes) terminal.stderr.write(`  ${plain(change[lang])}\n`);
}

/** @throws UsageError when nothing is limited */
export function wishesIn(flags: Flags): LimitWishes {
  const listed = (text: string | undefined) =>
    text
      ?.split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  const wishes: LimitWishes = given({
    ...{ spatial: flags.spatial, temporal: flags.temporal, age: flags.age, minCellSize: flags.k },
    ...{ maxDimensions: flags['max-dimensions'], budgetCells: flags['budget-cells'], questions: flags.questions },
    ...{ tables: listed(flags.tables), withoutVariables: listed(flags['without-variable']) },
    until: flags.until === undefined ? undefined : `${flags.until}T00:00:00Z`,
    duties: listed(flags.condition)?.map(dutyIn),
  });
  if (Object.keys(wishes).length === 0) throw new UsageError('Say how it is limited; see `revier inbox limit --help`.');
  return wishes;
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function given<T extends object>(all: T): Given<T> {
  // What is left out is left out, and not undefined.
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** `rv:publish=P18M`, `odrl:inform`. */
function dutyIn(text: string): NonNullable<LimitWishes['duties']>[number] {
  const [action, duration] = text.split('=');
  const constraint =
    duration === undefined ? [] : [{ leftOperand: 'odrl:elapsedTime', operator: 'lteq', rightOperand: duration }];
  const duty = Duty.omit({ '@id': true }).safeParse({ action, constraint });
  if (!duty.success) throw new UsageError(`--condition: ${text} is no duty; write rv:publish=P18M, for instance.`);
  return duty.data;
}
