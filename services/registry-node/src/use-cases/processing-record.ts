/** The record of processing activities (GDPR Art. 30): every agreement, what was asked under it, and what the node does by itself. */
import type { Floor, ProcessingRecord, Text } from '@revier/schema';
import type { Agreements } from '../policy-ports.ts';
import type { OwnLog, People, Self } from '../ports.ts';
import { countQuestions } from './count-questions.ts';
import { describeActivity } from './processing-activity.ts';

export interface RecordDeps {
  readonly self: Self;
  readonly agreements: Pick<Agreements, 'list'>;
  readonly people: Pick<People, 'roll'>;
  readonly log: Pick<OwnLog, 'decisions'>;
  /** How long the log can tell whom it is about. */
  readonly openingsKeptDays: number;
}

export async function processingRecord(deps: RecordDeps): Promise<ProcessingRecord> {
  const { self, agreements, people, log, openingsKeptDays } = deps;
  const counted = await countQuestions(log);
  const nameOf = (id: string): string => self.trust.list.participants.find((one) => one.id === id)?.name ?? id;
  const standings = await agreements.list();
  return {
    controller: { id: self.participant, name: nameOf(self.participant) },
    realm: self.realm,
    dataProtectionOfficers: await officersIn(people),
    at: new Date(self.now()).toISOString(),
    activities: standings.map((standing) => {
      const { hash, agreement } = standing.stored;
      const recipient = { id: agreement.assignee, name: nameOf(agreement.assignee) };
      return { ...describeActivity(standing), recipient, questions: counted.under(hash) };
    }),
    questions: counted.all,
    recipients: [...counted.recipients]
      .map(([id, what]) => ({ id, name: nameOf(id), ...what }))
      .sort((a, b) => a.id.localeCompare(b.id)),
    retention: retentionOf(openingsKeptDays),
    safeguards: safeguardsOf(self.floor),
  };
}

async function officersIn(people: RecordDeps['people']): Promise<string[]> {
  const { people: enrolled } = await people.roll();
  return enrolled.filter(({ role }) => role === 'data-protection-officer').map(({ name }) => name);
}

const retentionOf = (days: number): Text[] => [
  {
    de: `Wer gefragt hat, ist ${days} Tage lang aus dem Protokoll zu erkennen; danach bleibt eine Zusage ohne Person.`,
    en: `Who has asked can be told from the log for ${days} days; afterwards a commitment without a person is left.`,
  },
  {
    de: 'Das Protokoll der Entscheidungen enthält keine Daten von Betroffenen und wird auf Dauer geführt.',
    en: 'The log of decisions contains no data of data subjects and is kept for good.',
  },
  {
    de: 'Einzeldaten bleiben beim Datenhalter; der Knoten bewahrt nur die Statistiken auf, die freigegeben wurden.',
    en: 'Records of persons stay with the data holder; the node keeps only the statistics that were released.',
  },
];

function safeguardsOf({ minCellSize, maxDimensions, disclosure }: Floor): Text[] {
  const isNoised = disclosure?.method === 'cell-key';
  return [
    {
      de: `Keine Zelle mit weniger als ${minCellSize} Personen, höchstens ${maxDimensions} Merkmale je Tabelle.`,
      en: `No cell with fewer than ${minCellSize} persons, at most ${maxDimensions} variables in a table.`,
    },
    isNoised
      ? { de: 'Jede Zahl trägt eine Überlagerung nach Zellschlüsseln.', en: 'Every figure carries noise by cell keys.' }
      : { de: 'Kleine Zahlen werden nicht gezeigt.', en: 'Small figures are not shown.' },
    {
      de: 'Jede Frage ist signiert, wird am Knoten des Datenhalters entschieden und steht in einem Protokoll, das andere bezeugen.',
      en: 'Every question is signed, decided at the node of the data holder, and stands in a log that others witness.',
    },
    {
      de: 'Eine Person kann jede Freigabe sofort beenden; zwei Personen sind nötig, um sie zu beginnen.',
      en: 'One person can end every release at once; two persons are needed to begin it.',
    },
  ];
}
