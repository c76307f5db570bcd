/** `revier inbox list`: one line for each application, those that wait for people here first. */
import { type InboxEntry, InboxList } from '@revier/schema';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { askOwnNode } from '../../node/owner.ts';
import { plain } from '../../render/plain-text.ts';
import { langOf } from '../../terminal.ts';
import { shortId } from './entry-named.ts';
import { inboxWords } from './words.ts';

export async function list(context: Context): Promise<ExitCode> {
  const { flags, terminal } = context;
  const found = await askOwnNode(context, '/v1/inbox', InboxList);
  const lang = flags.lang ?? langOf(terminal);
  const lines = found.entries.map((entry) => lineOf(entry, lang));
  await put(context, flags.json ? asJson(found) : lines.join('\n') || inboxWords[lang].empty);
  return exitCodes.answered;
}

function lineOf(entry: InboxEntry, lang: 'de' | 'en'): string {
  const words = inboxWords[lang];
  const waits = entry.waitsFor === null ? '' : `${words.waitsFor[entry.waitsFor]} ${words.days(entry.days)}`;
  const parts = [
    shortId(entry).slice(0, 8),
    words.states[entry.state],
    waits,
    entry.title?.[lang] ?? '',
    entry.dataUser,
    entry.dataset ?? '',
    entry.isLimited ? words.limited : '',
    entry.missing.length === 0 ? '' : `${words.missing}: ${entry.missing.join(', ')}`,
    entry.ended === null ? '' : `${entry.ended.code}`,
  ];
  return parts
    .filter((part) => part !== '')
    .map(plain)
    .join('  ');
}
