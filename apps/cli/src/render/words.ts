/** The two languages of the house: every word that the table itself says. */
import type { Answer, CellStatus, DisclosureMode } from '@revier/schema';

export type Lang = 'de' | 'en';

type HolderStatus = Answer['holders'][number]['status'];
type Exclusion = Answer['coverage']['excluded'][number]['reason'];
/** Statuses without a figure that are told in a word; `withheld` is told by a dot. */
export type Gap = Exclude<CellStatus, 'value' | 'zero' | 'withheld' | 'unreliable'>;

export interface Words {
  readonly locale: string;
  readonly synthetic: string;
  readonly testRealm: string;
  readonly by: string;
  readonly total: string;
  readonly noCells: string;
  readonly register: string;
  readonly purpose: string;
  readonly per: string;
  readonly percent: string;
  readonly interval: string;
  readonly events: string;
  readonly standard: string;
  readonly measure: string;
  readonly figure: string;
  readonly state: Readonly<Record<Answer['state'], (answered: number, asked: number) => string>>;
  readonly gap: Readonly<Record<Gap, string>>;
  readonly legend: Readonly<Record<Exclude<CellStatus, 'value'>, string>>;
  readonly holders: string;
  readonly holder: Readonly<Record<HolderStatus, string>>;
  readonly mode: Readonly<Record<DisclosureMode, string>>;
  readonly modeNote: Readonly<Record<DisclosureMode, string>>;
  readonly atLeast: (persons: number) => string;
  readonly asOf: string;
  readonly sentences: string;
  readonly measures: string;
  readonly coverage: string;
  readonly areas: (count: number) => string;
  readonly leftOut: string;
  readonly excluded: Readonly<Record<Exclusion, string>>;
  readonly travels: string;
  readonly noised: string;
  /** Above a column of figures with ±. */
  readonly noise: string;
  readonly answered: string;
  readonly query: string;
  readonly question: string;
}

const de: Words = {
  locale: 'de-DE',
  synthetic: 'SYNTHETISCHE DATEN: erfundene Personen, keine Aussage über die Wirklichkeit.',
  testRealm: 'Testbereich',
  by: 'nach',
  total: 'Insgesamt',
  noCells: 'Keine Zahlen.',
  register: 'Register',
  purpose: 'Zweck',
  per: 'je',
  percent: 'in %',
  interval: '95-%-KI',
  events: 'Fälle',
  standard: 'Standard',
  measure: 'Maß',
  figure: 'Wert',
  state: {
    complete: (_, asked) =>
      asked === 1
        ? 'Vollständig: die befragte Stelle hat geantwortet.'
        : `Vollständig: alle ${asked} Teile sind beantwortet.`,
    partial: (answered, asked) => `UNVOLLSTÄNDIG: ${answered} von ${asked} Teilen sind beantwortet.`,
    failed: (answered, asked) => `OHNE ERGEBNIS: zu wenige Teile sind beantwortet (${answered} von ${asked}).`,
  },
  gap: {
    notCollected: 'nicht erhoben',
    grainUnavailable: 'nicht so fein',
    refused: 'abgelehnt',
    offline: 'nicht erreicht',
    pending: 'steht aus',
  },
  legend: {
    zero: '0 ist eine echte Null: so angelegt, oder aus offenen Daten.',
    withheld: '· zurückgehalten: zum Schutz kleiner Gruppen nicht gezeigt. Es heißt nicht null.',
    unreliable: '? unsicher: das Intervall ist zu breit, um danach zu handeln.',
    notCollected: 'nicht erhoben: dazu gibt es keine Daten.',
    grainUnavailable: 'nicht so fein: in dieser Gliederung hat es keine Stelle.',
    refused: 'abgelehnt: eine Datenstelle hat nein gesagt; den Grund nennt die Liste der Stellen.',
    offline: 'nicht erreicht: eine Datenstelle hat nicht rechtzeitig geantwortet.',
    pending: 'steht aus: die Antwort wird noch erwartet.',
  },
  holders: 'Datenstellen',
  holder: { answered: 'geantwortet', refused: 'abgelehnt', offline: 'nicht erreicht', pending: 'steht aus' },
  mode: { O: 'offene Daten', L: 'lokale Freigabe', F: 'sichere Summe' },
  modeNote: {
    O: 'O offene Daten: genaue Zahlen, die ohnehin öffentlich sind.',
    L: 'L lokale Freigabe: die Stelle hat die Zahlen geschützt, bevor sie das Haus verließen; kleine Gruppen fehlen, Zahlen können leicht verändert sein.',
    F: 'F sichere Summe: nur die verrauschte Summe über alle genannten Stellen ist je sichtbar geworden, keine Zahl einer einzelnen.',
  },
  atLeast: (persons) => `mindestens ${persons} Personen je Zelle`,
  asOf: 'Stand',
  sentences: 'Zu lesen als',
  measures: 'Maße',
  coverage: 'Abgedeckt',
  areas: (count) => (count === 1 ? '1 Gebiet' : `${count} Gebiete`),
  leftOut: 'Auf beiden Seiten ausgelassen',
  excluded: { notCollected: 'nicht erhoben', holderMissing: 'Stelle fehlt', noCounterpart: 'ohne Gegenstück' },
  travels: 'Zähler und Nenner trafen sich bei der Stelle des Zählers',
  noised: 'mit geschlüsseltem Rauschen, Teile und Summen können abweichen',
  noise: '± Rauschen, 95 %',
  answered: 'beantwortet',
  query: 'Abfrage',
  question: 'Frage',
};

const en: Words = {
  locale: 'en-GB',
  synthetic: 'SYNTHETIC DATA: invented persons, no statement about the real world.',
  testRealm: 'test realm',
  by: 'by',
  total: 'Total',
  noCells: 'No figures.',
  register: 'register',
  purpose: 'purpose',
  per: 'per',
  percent: 'in %',
  interval: '95 % CI',
  events: 'events',
  standard: 'standard',
  measure: 'measure',
  figure: 'figure',
  state: {
    complete: (_, asked) =>
      asked === 1 ? 'Complete: the one part is answered.' : `Complete: all ${asked} parts are answered.`,
    partial: (answered, asked) => `PARTIAL: ${answered} of ${asked} parts are answered.`,
    failed: (answered, asked) => `FAILED: too few parts are answered (${answered} of ${asked}).`,
  },
  gap: {
    notCollected: 'not collected',
    grainUnavailable: 'not this fine',
    refused: 'refused',
    offline: 'offline',
    pending: 'pending',
  },
  legend: {
    zero: '0 is a true zero: structural, or from open data.',
    withheld: '· withheld: not shown, to protect small groups. It does not mean zero.',
    unreliable: '? unreliable: the interval is too wide to act on.',
    notCollected: 'not collected: there are no data on this.',
    grainUnavailable: 'not this fine: no holder has it at this grain.',
    refused: 'refused: a holder said no; the list of holders tells why.',
    offline: 'offline: a holder did not answer in time.',
    pending: 'pending: the answer is still awaited.',
  },
  holders: 'Holders',
  holder: { answered: 'answered', refused: 'refused', offline: 'offline', pending: 'pending' },
  mode: { O: 'open data', L: 'local release', F: 'secure sum' },
  modeNote: {
    O: 'O open data: exact figures that are public anyway.',
    L: 'L local release: the holder protected the figures before they left; small groups are missing, figures may be slightly changed.',
    F: 'F secure sum: only the sum over all these holders, with noise, has ever been seen, and no figure of a single one.',
  },
  atLeast: (persons) => `at least ${persons} persons per cell`,
  asOf: 'as of',
  sentences: 'To be read as',
  measures: 'Measures',
  coverage: 'Covers',
  areas: (count) => (count === 1 ? '1 area' : `${count} areas`),
  leftOut: 'Left out on both sides',
  excluded: { notCollected: 'not collected', holderMissing: 'holder missing', noCounterpart: 'no counterpart' },
  travels: "numerator and denominator met at the numerator's holder",
  noised: 'with keyed noise, parts and totals may differ',
  noise: '± noise, 95 %',
  answered: 'answered',
  query: 'query',
  question: 'question',
};

export const wordsOf = (lang: Lang): Words => ({ de, en })[lang];
