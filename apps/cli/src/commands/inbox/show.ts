/** `revier inbox show`: one application as a page of text, for those who decide about it. */
import { InboxView } from '@revier/schema';
import { asJson, type Context, type ExitCode, exitCodes, put } from '../../context.ts';
import { askOwnNode } from '../../node/owner.ts';
import { plain } from '../../render/plain-text.ts';
import { langOf } from '../../terminal.ts';
import { entryNamed, shortId } from './entry-named.ts';
import { inboxWords } from './words.ts';

export async function show(context: Context): Promise<ExitCode> {
  const entry = await entryNamed(context);
  const view = await askOwnNode(context, `/v1/inbox/${shortId(entry)}`, InboxView);
  const lang = context.flags.lang ?? langOf(context.terminal);
  await put(context, context.flags.json ? asJson(view) : pageOf(view, lang).join('\n'));
  return exitCodes.answered;
}

type Lang = 'de' | 'en';

/** Whatever others have written is shown as text. */
export const pageOf = (view: InboxView, lang: Lang): string[] =>
  [
    ...headOf(view, lang),
    ...applicationOf(view, lang),
    ...section(
      inboxWords[lang].terms,
      view.sentences.map((one) => one[lang]),
    ),
    ...tablesOf(view, lang),
    ...section(
      inboxWords[lang].findings,
      view.findings.map((one) => `${one.severity === 'error' ? '!' : '?'} ${one[lang]} (${one.pointer})`),
    ),
    ...changesOf(view, lang),
    ...pastOf(view, lang),
    ...peopleOf(view, lang),
  ].map(line);

/** Spaces at the beginning are ours. */
const line = (text: string): string => `${/^ */.exec(text)?.[0] ?? ''}${plain(text)}`;

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((text) => `  ${text}`)];

function headOf({ entry }: InboxView, lang: Lang): string[] {
  const words = inboxWords[lang];
  const waits = entry.waitsFor === null ? '' : `, ${words.waitsFor[entry.waitsFor]} ${words.days(entry.days)}`;
  return [
    `${entry.title?.[lang] ?? entry.dataUser} (${shortId(entry)})`,
    `${words.states[entry.state]}${waits}`,
    ...(entry.draft === null ? [] : [`${words.draft}: ${entry.draft}`]),
    ...(entry.ended === null ? [] : [`${words.ended}: ${[entry.ended.code, ...entry.ended.reason].join('; ')}`]),
  ];
}

function applicationOf({ application: of }: InboxView, lang: Lang): string[] {
  if (of === null) return [];
  const words = inboxWords[lang];
  const people = of.people.map(({ person, role, lead }) => `${person} (${role}${lead ? `, ${words.lead}` : ''})`);
  const vote = of.ethicsVote;
  return section(words.application, [
    `${words.purpose}: ${of.purpose}`,
    `${words.aim}: ${of.aim}`,
    ...(of.hypotheses.length === 0 ? [] : [`${words.hypotheses}: ${of.hypotheses.join(' / ')}`]),
    `${words.basis}: ${of.legalBasis}`,
    `${words.recipientBasis}: ${of.recipientBasis}`,
    ...(vote === undefined
      ? []
      : [`${words.ethicsVote}: ${vote.reference}, ${vote.body}, ${vote.issued.slice(0, 10)}`]),
    ...(of.permitRef === undefined ? [] : [`${words.permit}: ${of.permitRef}`]),
    `${words.term}: ${of.from.slice(0, 10)} – ${of.expires.slice(0, 10)}`,
    `${words.people}: ${people.join(', ')}`,
    `${words.author}: ${of.author}`,
    `${words.publication}: ${of.publicationPlan}`,
  ]);
}

function tablesOf({ tables, lattice, unopened }: InboxView, lang: Lang): string[] {
  const words = inboxWords[lang];
  const short = (hash: string): string => hash.slice('sha256:'.length, 'sha256:'.length + 8);
  return [
    ...section(
      words.tables,
      tables.map((table) => `${short(table.hash)}  ${table[lang]}`),
    ),
    ...(unopened === null ? [] : [`  ${words.unopened} (${unopened})`]),
    ...(lattice === null ? [] : section(words.lattice, [lattice[lang]])),
  ];
}

function changesOf({ againstTemplate, againstAsked, againstCurrent }: InboxView, lang: Lang): string[] {
  const words = inboxWords[lang];
  const told = (title: string, changes: InboxView['againstAsked']): string[] =>
    changes === null ? [] : section(title, changes.length === 0 ? [words.same] : changes.map((one) => one[lang]));
  return [
    ...told(`${words.againstTemplate} (${againstTemplate?.template ?? ''})`, againstTemplate?.changes ?? null),
    ...told(words.againstAsked, againstAsked),
    ...told(words.againstCurrent, againstCurrent),
  ];
}

function pastOf({ simulation }: InboxView, lang: Lang): string[] {
  if (simulation === null) return [];
  const words = inboxWords[lang];
  return section(words.past, [
    words.simulation(simulation.days, simulation.asked, simulation.allowed),
    ...simulation.denied.map(({ code, times }) => `${times} ${words.times}: ${code}`),
  ]);
}

function peopleOf({ approvals, entry, opinions, opinionMissing, agreement }: InboxView, lang: Lang): string[] {
  if (agreement === null) return [];
  const words = inboxWords[lang];
  const given = approvals.map(
    ({ role, person, until, policy }) =>
      `${role}: ${person}, ${words.until} ${until.slice(0, 10)}${policy === null ? '' : `, ${words.byPolicy}`}`,
  );
  const missing = entry.missing.length === 0 ? [] : [`${words.missing}: ${entry.missing.join(', ')}`];
  const said = opinions.map(({ by, at, opinion: { verdict, text, conditions } }) =>
    [`${by}, ${at.slice(0, 10)}: ${verdict}. ${text}`, ...conditions].join(' / '),
  );
  return [
    ...section(words.approvals, [...(given.length === 0 ? [words.none] : given), ...missing]),
    ...section(words.opinions, [...said, ...(opinionMissing ? [words.opinionMissing] : [])]),
  ];
}
