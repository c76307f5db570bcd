/** What the page of projects says, in both languages of the house. */
import type { Project, ProjectAgreement } from '@revier/schema';

export type Lang = 'de' | 'en';

export interface PageWords {
  readonly title: string;
  readonly lead: string;
  readonly other: string;
  readonly none: string;
  readonly who: string;
  readonly purpose: string;
  readonly aim: string;
  readonly until: string;
  readonly unlimited: string;
  readonly state: string;
  readonly states: Readonly<Record<Project['state'], string>>;
  readonly statuses: Readonly<Record<NonNullable<ProjectAgreement['status']>, string>>;
  readonly data: string;
  readonly columns: readonly [string, string, string, string, string];
  readonly persons: (count: number) => string;
  readonly floor: string;
  readonly tables: (count: number) => string;
  readonly duties: string;
  readonly queries: string;
  readonly asked: string;
  readonly ended: Readonly<Record<string, string>>;
  readonly turnedAway: string;
  readonly released: string;
  readonly refused: string;
  readonly publications: string;
  readonly checkpoint: string;
  readonly machine: string;
}

const de: PageWords = {
  title: 'Verzeichnis der Vorhaben',
  lead: 'Wer mit welchen Daten was untersucht, auf welcher Rechtsgrundlage und mit welchem Schutz. Einzelne Personen stehen hier nicht, und niemand erhält Einzeldaten: Es gibt nur anonymisierte Statistiken.',
  other: 'In English',
  none: 'Noch keine Vorhaben.',
  who: 'Wer',
  purpose: 'Zweck',
  aim: 'Frage',
  until: 'Läuft bis',
  unlimited: 'ohne Ende',
  state: 'Stand',
  states: { applied: 'beantragt', active: 'läuft', expired: 'abgelaufen', ended: 'beendet' },
  statuses: {
    ACTIVE: 'in Kraft',
    SUSPENDED: 'ausgesetzt',
    SUPERSEDED: 'ersetzt',
    EXPIRED: 'abgelaufen',
    REVOKED: 'widerrufen',
    COMPLETED: 'abgeschlossen',
  },
  data: 'Daten und Schutz',
  columns: ['Datenstelle', 'Datensatz', 'Rechtsgrundlage', 'Schutz', 'Stand'],
  persons: (count) => `mindestens ${count} Personen je Zelle`,
  floor: 'Mindestzahl nach der Regel der Datenstelle',
  tables: (count) => (count === 1 ? 'eine vereinbarte Tabelle' : `${count} vereinbarte Tabellen`),
  duties: 'Pflichten',
  queries: 'Anfragen',
  asked: 'angenommen',
  ended: {
    complete: 'vollständig beantwortet',
    partial: 'teilweise beantwortet',
    failed: 'ohne Ergebnis',
    cancelled: 'zurückgezogen',
  },
  turnedAway: 'abgewiesen',
  released: 'Teile beantwortet',
  refused: 'Teile abgelehnt',
  publications: 'Veröffentlichungen',
  checkpoint: 'Aus dem Protokoll des Vermittlers; Einträge:',
  machine: 'Als JSON',
};

const en: PageWords = {
  title: 'Register of projects',
  lead: 'Who studies what with which data, on which legal basis and with which safeguards. No persons stand here, and nobody receives single records: there are anonymised statistics only.',
  other: 'Auf Deutsch',
  none: 'No projects yet.',
  who: 'Who',
  purpose: 'Purpose',
  aim: 'Question',
  until: 'Until',
  unlimited: 'no end',
  state: 'State',
  states: { applied: 'applied for', active: 'running', expired: 'expired', ended: 'ended' },
  statuses: {
    ACTIVE: 'in force',
    SUSPENDED: 'suspended',
    SUPERSEDED: 'superseded',
    EXPIRED: 'expired',
    REVOKED: 'revoked',
    COMPLETED: 'completed',
  },
  data: 'Data and safeguards',
  columns: ['Holder', 'Dataset', 'Legal basis', 'Safeguards', 'State'],
  persons: (count) => `at least ${count} persons in a cell`,
  floor: 'least number by the rule of the holder',
  tables: (count) => (count === 1 ? 'one agreed table' : `${count} agreed tables`),
  duties: 'duties',
  queries: 'Queries',
  asked: 'accepted',
  ended: {
    complete: 'answered in full',
    partial: 'answered in part',
    failed: 'without result',
    cancelled: 'cancelled',
  },
  turnedAway: 'turned away',
  released: 'parts answered',
  refused: 'parts refused',
  publications: 'Publications',
  checkpoint: 'Made from the log of the broker; entries:',
  machine: 'As JSON',
};

export const pageWords: Readonly<Record<Lang, PageWords>> = { de, en };
