/** The record of processing activities (GDPR Art. 30) as German Markdown, for the file. Pure. */
import type { ProcessingActivity, ProcessingRecord } from '@revier/schema';
import { plain } from '../render/plain-text.ts';

/** What others have written may not add headings or links. */
const said = (text: string): string => plain(text).replaceAll(/[\\`*_[\]<>#|]/g, String.raw`\$&`);

const list = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `**${title}**`, '', ...lines.map((line) => `- ${said(line)}`)];

const german = (texts: ProcessingActivity['safeguards']): string[] => texts.map(({ de }) => de);

export const recordAsMarkdown = (record: ProcessingRecord): string =>
  [
    '# Verzeichnis von Verarbeitungstätigkeiten (Art. 30 DSGVO)',
    '',
    `- Verantwortlicher: ${said(record.controller.name)} (${record.controller.id})`,
    ...(record.realm === 'test' ? ['- Testbereich: erfundene Daten'] : []),
    `- Datenschutzbeauftragte: ${said(record.dataProtectionOfficers.join(', ')) || 'am Knoten nicht eingetragen'}`,
    `- Stand: ${record.at}`,
    ...(record.activities.length === 0 ? ['', 'Es wurde noch keine Vereinbarung geschlossen.'] : []),
    ...record.activities.flatMap(activityLines),
    '',
    '## Alle Vereinbarungen',
    ...list('Fragen', countLines(record.questions)),
    ...list('Empfänger', record.recipients.map(recipientLine)),
    ...list('Aufbewahrung', german(record.retention)),
    ...list('Technische und organisatorische Maßnahmen', german(record.safeguards)),
    '',
  ].join('\n');

const recipientLine = ({ name, id, releases, last }: ProcessingRecord['recipients'][number]): string =>
  `${name} (${id}): ${releases} Statistiken, zuletzt ${last}`;

const countLines = ({ allowed, denied, reasons, releases }: ProcessingRecord['questions']): string[] => [
  `zugelassen: ${allowed}`,
  `abgelehnt: ${denied}${reasons.length === 0 ? '' : ` (${reasons.map(({ code, count }) => `${code}: ${count}`).join(', ')})`}`,
  `herausgegebene Statistiken: ${releases}`,
];

function activityLines(one: ProcessingActivity): string[] {
  const { legalBasis, recipient } = one;
  const assessment = legalBasis.assessment;
  const title = legalBasis.title === null ? '' : `; ${legalBasis.title.de}`;
  return [
    '',
    `## ${one.register}, ${one.dataset}`,
    '',
    `- Vereinbarung: ${one.agreement}`,
    `- Aktenzeichen: ${said(assessment?.fileNumber ?? 'keines angegeben')}`,
    `- Stand: ${one.status ?? 'unbekannt'} seit ${one.since}; bis ${one.until ?? 'ohne Ende'}`,
    `- Rechtsgrundlage: ${said(legalBasis.basis + title)}`,
    ...(assessment === null ? [] : assessmentLines(assessment)),
    `- Betroffene: ${said(one.subjects.de)}`,
    `- Empfänger: ${said(recipient.name)} (${recipient.id}); anonymisierte Statistiken, keine Einzeldaten`,
    ...list(
      'Zwecke',
      one.purposes.map(({ code, title: { de } }) => `${de} (${code})`),
    ),
    ...list('Kategorien von Daten', one.data),
    ...list('Fragen', countLines(one.questions)),
    ...list('Aufbewahrung und Pflichten', german(one.retention)),
    ...list('Schutzmaßnahmen', german(one.safeguards)),
  ];
}

type Assessment = NonNullable<ProcessingActivity['legalBasis']['assessment']>;

const assessmentLines = ({ holderTask, recipientBasis, impactAssessment, ...checked }: Assessment): string[] => [
  `- Aufgabe: ${said(holderTask)}`,
  `- Grundlage beim Empfänger: ${said(recipientBasis)}`,
  `- Geprüft: ${said(checked.assessedBy)}, ${checked.assessedAt}`,
  ...(impactAssessment === undefined ? [] : [`- Folgenabschätzung: ${said(impactAssessment)}`]),
];
