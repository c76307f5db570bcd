/** The record of processing activities (GDPR Art. 30), from the agreements that a holder has concluded. Pure. */
import { renderPolicy } from '@revier/core';
import { type LongAgreementView, legalBases, purposes } from '@revier/schema';

export interface Activity {
  readonly agreement: string;
  readonly register: string;
  readonly dataset: string;
  readonly status: string | null;
  readonly since: string;
  readonly until: string | null;
  readonly purposes: readonly string[];
  readonly legalBasis: string;
  readonly holderTask: string | null;
  readonly impactAssessment: string | null;
  readonly fileNumber: string | null;
  readonly subjects: string;
  readonly data: readonly string[];
  readonly recipient: string;
  readonly retention: readonly string[];
  readonly safeguards: readonly string[];
}

export interface ProcessingRecord {
  readonly controller: string;
  readonly realm: string;
  readonly activities: readonly Activity[];
}

export const processingRecord = (
  { participant: controller, realm }: { readonly participant: string; readonly realm: string },
  views: readonly LongAgreementView[],
): ProcessingRecord => ({ controller, realm, activities: views.map(activityOf) });

function activityOf({ agreement, hash, status, since, ends }: LongAgreementView): Activity {
  const assessment = agreement['rv:legalAssessment'];
  const norm = legalBases.find(({ code }) => code === assessment?.norm)?.title.de;
  const tables = agreement['rv:lattice'];
  const codes = agreement.permission.flatMap(({ constraint }) =>
    constraint.flatMap((one) => (one.leftOperand === 'rv:purpose' ? [one.rightOperand] : [])),
  );
  const sentences = renderPolicy(agreement);
  const duties = sentences.filter(({ pointer }) => pointer.includes('/duty/'));
  return {
    ...{ agreement: hash, register: agreement['rv:register'], dataset: agreement.target, status, since, until: ends },
    purposes: unique(codes).map((code) => purposes.find((one) => one.code === code)?.title.de ?? code),
    legalBasis: [agreement['rv:legalBasis'], norm].filter((part) => part !== undefined).join('; '),
    holderTask: assessment?.holderTask ?? null,
    impactAssessment: assessment?.impactAssessment ?? null,
    fileNumber: assessment?.fileNumber ?? null,
    subjects: `Personen im Datensatz ${agreement.target}, nach dem Datenmodell ${unique(tables.map(({ model }) => model)).join(', ')}`,
    data: unique([
      ...tables.flatMap(({ by }) => by.map(({ variable }) => variable)),
      ...tables.flatMap(({ measures }) => measures.flatMap(({ where }) => where.map(({ variable }) => variable))),
    ]),
    recipient: `${agreement.assignee} (anonymisierte Statistiken, keine Einzeldaten)`,
    retention: duties.map(({ de }) => de),
    safeguards: sentences
      .filter(({ pointer }) => pointer.includes('/constraint/') || pointer.startsWith('/prohibition/'))
      .map(({ de }) => de),
  };
}

const unique = (all: readonly string[]): string[] => [...new Set(all)].sort();

const list = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `**${title}**`, '', ...lines.map((line) => `- ${line.replace(/^– /, '')}`)];

/** In German, for the file. */
export const recordAsMarkdown = ({ controller, realm, activities }: ProcessingRecord): string =>
  [
    '# Verzeichnis von Verarbeitungstätigkeiten (Art. 30 DSGVO)',
    '',
    `Verantwortlicher: ${controller}${realm === 'test' ? ' (Testbereich, erfundene Daten)' : ''}`,
    ...(activities.length === 0 ? ['', 'Es wurde noch keine Vereinbarung geschlossen.'] : []),
    ...activities.flatMap(activityLines),
    '',
  ].join('\n');

const activityLines = (one: Activity): string[] => [
  '',
  `## ${one.register}, ${one.dataset}`,
  '',
  `- Vereinbarung: ${one.agreement}`,
  `- Aktenzeichen: ${one.fileNumber ?? 'keines angegeben'}`,
  `- Stand: ${one.status ?? 'unbekannt'} seit ${one.since}; bis ${one.until ?? 'ohne Ende'}`,
  `- Rechtsgrundlage: ${one.legalBasis}`,
  ...(one.holderTask === null ? [] : [`- Aufgabe: ${one.holderTask}`]),
  ...(one.impactAssessment === null ? [] : [`- Folgenabschätzung: ${one.impactAssessment}`]),
  `- Betroffene: ${one.subjects}`,
  `- Empfänger: ${one.recipient}`,
  ...list('Zwecke', one.purposes),
  ...list('Kategorien von Daten', one.data),
  ...list('Aufbewahrung und Pflichten', one.retention),
  ...list('Schutzmaßnahmen', one.safeguards),
];
