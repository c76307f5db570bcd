/** The notice to the supervisory authority in both languages: GDPR Art. 33(3), point by point; what a person has to add stands as a gap. */
import type { OpenStop, Realm, Recipient } from '@revier/schema';
import { plain } from '../../render/plain-text.ts';
import type { Lang } from '../../render/words.ts';

export interface NoticeFacts {
  readonly holder: string;
  readonly realm: Realm;
  readonly stop: OpenStop | null;
  readonly recipients: readonly Recipient[];
  readonly dataset: string | undefined;
  readonly query: string | undefined;
  readonly reason: string | undefined;
  readonly since: string | undefined;
  readonly now: Date;
}

export const noticeText = (lang: Lang, facts: NoticeFacts): string =>
  (lang === 'de' ? german : english)(facts).map(plain).join('\n');

/** Plain counts of what is concerned; persons appear as recipients, never as data subjects: the node releases no records. */
function counts({ recipients }: NoticeFacts) {
  const different = (of: (one: Recipient) => string | null): string[] =>
    [...new Set(recipients.map(of))].filter((one) => one !== null).sort();
  return {
    releases: recipients.length,
    organisations: different(({ organisation }) => organisation),
    persons: different(({ person }) => person),
    datasets: different(({ dataset }) => dataset),
    first: recipients.at(-1)?.at,
    last: recipients[0]?.at,
  };
}

const rows = (recipients: readonly Recipient[], unknown: string): string[] =>
  recipients.map(
    ({ at, organisation, person, register, purpose, dataset, submission }) =>
      `| ${[at, organisation ?? unknown, person ?? unknown, register ?? unknown, purpose ?? unknown, dataset, submission].join(' | ')} |`,
  );

function german(facts: NoticeFacts): string[] {
  const { holder, realm, stop, recipients, dataset, query, reason, since, now } = facts;
  const { releases, organisations, persons, datasets, first, last } = counts(facts);
  const gap = (what: string): string => `**[FEHLT: ${what}]**`;
  return [
    '# Meldung einer Verletzung des Schutzes personenbezogener Daten (Art. 33 DSGVO): Entwurf',
    '',
    ...(realm === 'test' ? ['**SYNTHETISCH: Dieser Knoten gehört zur Testumgebung.**', ''] : []),
    `Erstellt am ${now.toISOString()} aus dem Protokoll des Knotens. Frist: 72 Stunden ab Kenntnis; spätere Meldung ist zu begründen (Art. 33 Abs. 1).`,
    '',
    '## Verantwortlicher und Anlaufstelle (Abs. 3 Buchst. b)',
    `* Knoten: ${holder}`,
    `* ${gap('Name und Anschrift des Verantwortlichen')}`,
    `* ${gap('Name und Kontaktdaten der oder des Datenschutzbeauftragten')}`,
    '',
    '## Zeitpunkt',
    `* ${gap('Wann wurde die Verletzung bekannt, wann hat sie stattgefunden?')}`,
    stop === null
      ? '* Der Knoten ist nicht angehalten.'
      : `* Knoten angehalten: ${stop.at} (Anlass: ${stop.cause}; Grund: ${stop.reason || 'nicht angegeben'}).`,
    '',
    '## Art der Verletzung, Kategorien und ungefähre Zahlen (Abs. 3 Buchst. a)',
    `* Anlass: ${reason ?? gap('Was ist geschehen?')}`,
    `* Betrachtet: ${dataset ?? 'alle Datensätze'}; ${query ?? 'alle Abfragen'}; seit ${since ?? 'Beginn des Protokolls'}.`,
    `* Den Knoten haben ${releases} Freigaben verlassen${first === undefined ? '' : ` (${first} bis ${last})`}, aus: ${datasets.join(', ') || 'keinem Datensatz'}.`,
    '* Freigaben sind anonymisierte Statistiken; Einzeldatensätze verlassen den Knoten nicht.',
    `* ${gap('Kategorien und ungefähre Zahl der betroffenen Personen und Datensätze; der Knoten kennt sie nicht aus dem Protokoll')}`,
    '',
    '## Empfänger',
    `${organisations.length} Einrichtungen, ${persons.length} Personen (Pseudonyme; soweit nicht gelöscht).`,
    '',
    '| Zeit | Einrichtung | Person | Register | Zweck | Datensatz | Abfrage |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows(recipients, 'nicht mehr feststellbar'),
    '',
    '## Wahrscheinliche Folgen (Abs. 3 Buchst. c)',
    gap('Folgen für die betroffenen Personen'),
    '',
    '## Maßnahmen (Abs. 3 Buchst. d)',
    stop === null
      ? '* Der Knoten ist nicht angehalten.'
      : '* Der Knoten ist angehalten; Neustart nur mit zwei Unterschriften.',
    `* ${gap('Widerruf der Freigaben (`revier incident withdraw`), weitere Maßnahmen')}`,
    `* ${gap('Benachrichtigung der betroffenen Personen nach Art. 34: ja oder nein, mit Begründung')}`,
    '',
  ];
}

function english(facts: NoticeFacts): string[] {
  const { holder, realm, stop, recipients, dataset, query, reason, since, now } = facts;
  const { releases, organisations, persons, datasets, first, last } = counts(facts);
  const gap = (what: string): string => `**[MISSING: ${what}]**`;
  return [
    '# Notification of a personal data breach (Art. 33 GDPR): draft',
    '',
    ...(realm === 'test' ? ['**SYNTHETIC: this node belongs to the test realm.**', ''] : []),
    `Made on ${now.toISOString()} from the log of the node. Due within 72 hours of becoming aware; later needs reasons (Art. 33(1)).`,
    '',
    '## Controller and contact (33(3)(b))',
    `* Node: ${holder}`,
    `* ${gap('name and address of the controller')}`,
    `* ${gap('name and contact details of the data protection officer')}`,
    '',
    '## Time',
    `* ${gap('when did the breach become known, when did it happen?')}`,
    stop === null
      ? '* The node is not stopped.'
      : `* Node stopped: ${stop.at} (cause: ${stop.cause}; reason: ${stop.reason || 'none given'}).`,
    '',
    '## Nature, categories and approximate numbers (33(3)(a))',
    `* Occasion: ${reason ?? gap('what has happened?')}`,
    `* Looked at: ${dataset ?? 'all datasets'}; ${query ?? 'all queries'}; since ${since ?? 'the beginning of the log'}.`,
    `* ${releases} releases have left the node${first === undefined ? '' : ` (${first} to ${last})`}, from: ${datasets.join(', ') || 'no dataset'}.`,
    '* Releases are anonymised statistics; records do not leave the node.',
    `* ${gap('categories and approximate numbers of persons and records concerned; the node does not know them from its log')}`,
    '',
    '## Recipients',
    `${organisations.length} organisations, ${persons.length} persons (pseudonyms; as far as not erased).`,
    '',
    '| time | organisation | person | register | purpose | dataset | query |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows(recipients, 'no longer known'),
    '',
    '## Likely consequences (33(3)(c))',
    gap('consequences for the persons concerned'),
    '',
    '## Measures (33(3)(d))',
    stop === null ? '* The node is not stopped.' : '* The node is stopped; two signatures are needed to start it.',
    `* ${gap('withdrawal of the releases (`revier incident withdraw`), further measures')}`,
    `* ${gap('whether the persons are told under Art. 34, and why')}`,
    '',
  ];
}
