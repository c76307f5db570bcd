/** What an audit has found, in words of either language; faults stay as they are told. */
import type { LogFinding, LogVerdict } from '@revier/connector-sdk';
import { plain } from '../../render/plain-text.ts';
import type { Lang } from '../../render/words.ts';

const verdicts: Record<Lang, Record<LogVerdict, string>> = {
  de: {
    ok: 'Das Protokoll stimmt.',
    tampered: 'Das Protokoll wurde verändert.',
    incomplete: 'Das Protokoll ist unvollständig.',
    unwitnessed: 'Das Protokoll ist von niemandem sonst bezeugt.',
  },
  en: {
    ok: 'The log holds.',
    tampered: 'The log was tampered with.',
    incomplete: 'The log is incomplete.',
    unwitnessed: 'Nobody else vouches for the log.',
  },
};
const words = {
  de: { log: 'Protokoll', entries: 'Einträge', signed: 'signiert bis', witnessed: 'bezeugt bis', by: 'von' },
  en: { log: 'Log', entries: 'entries', signed: 'signed up to', witnessed: 'witnessed up to', by: 'by' },
} as const;

/** With what is worth knowing and no fault. */
export type Told = LogFinding & { readonly notes?: readonly string[] };

export function verdictText(
  { verdict, origin, entries, checkpoint, witnessed, faults, notes = [] }: Told,
  lang: Lang,
): string {
  const { log, ...say } = words[lang];
  return [
    verdicts[lang][verdict],
    `  ${log} ${plain(origin ?? '?')}: ${entries} ${say.entries}`,
    ...(checkpoint === null ? [] : [`  ${say.signed} ${checkpoint}`]),
    ...(witnessed === null
      ? []
      : [`  ${say.witnessed} ${witnessed.size} ${say.by} ${witnessed.by.map((one) => plain(one.witness)).join(', ')}`]),
    ...faults.map((fault) => `  ! ${plain(fault)}`),
    ...notes.map((note) => `  - ${plain(note)}`),
  ].join('\n');
}
